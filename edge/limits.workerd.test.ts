import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { createApp } from "./app.ts";
import { readEnv } from "./env.ts";
import { openParts } from "./parts.ts";
import { makeToken } from "./testing/ask-edge.ts";
import { newId, showEvent } from "./testing/neighbours.ts";

async function openApp(rateLimits: "on" | "off") {
  const app = createApp(await openParts(readEnv({ ...env, RATE_LIMITS: rateLimits })));
  return (path: string, headers: Record<string, string>, method = "GET") =>
    app.fetch(
      new Request(`https://edge.example${path}`, { method, headers }),
      {},
      createExecutionContext(),
    );
}

const limited = await openApp("on");
const unlimited = await openApp("off");

/** The limiter counts by the minute, and a minute may end meanwhile: so twice the limit, and some more. */
const enough = { searches: 250, writes: 130 };

async function statuses(count: number, request: (turn: number) => Response | Promise<Response>) {
  const answers = [];
  for (let turn = 0; turn < count; turn++) answers.push((await request(turn)).status);
  return answers;
}

test("beyond the limit an address is told when to come back, and its network with it", async () => {
  const network = `2001:db8:${(Number(newId()) % 65_535).toString(16)}:1`;
  const path = "/events/search?page=0";
  const refused: Response[] = [];
  await statuses(enough.searches, async (turn) => {
    const response = await limited(path, {
      "CF-Connecting-IP": `${network}::${turn.toString(16)}`,
    });
    if (response.status === 429) refused.push(response);
    return response;
  });
  expect(refused[0]?.headers.get("Retry-After")).toBe("60");
  expect(await refused[0]?.json()).toMatchObject({ code: "rate-limited" });
  expect((await limited(path, { "CF-Connecting-IP": newId() })).status).toBe(422);
});

test("users are counted each for themselves, whatever their address", async () => {
  const tokens = await Promise.all([makeToken({ sub: newId() }), makeToken({ sub: newId() })]);
  const ask = (token = "") =>
    limited(
      "/bookings/1",
      { Authorization: `Bearer ${token}`, "CF-Connecting-IP": "203.0.113.9" },
      "POST",
    );
  expect(await statuses(enough.writes, () => ask(tokens[0]))).toContain(429);
  expect((await ask(tokens[1])).status).not.toBe(429);
});

test("a bad token does not buy a new allowance", async () => {
  const address = newId();
  const answers = await statuses(enough.searches, (turn) =>
    limited("/events/search?page=0", {
      Authorization: `Bearer bad-${turn}`,
      "CF-Connecting-IP": address,
    }),
  );
  expect(answers).toContain(429);
});

test("with limits off nobody is refused", async () => {
  const id = await showEvent();
  const headers = { "CF-Connecting-IP": newId() };
  expect(new Set(await statuses(700, () => unlimited(`/events/${id}`, headers)))).toEqual(
    new Set([200]),
  );
});
