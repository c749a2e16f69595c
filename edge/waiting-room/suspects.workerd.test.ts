import { createExecutionContext } from "cloudflare:test";
import { afterEach, expect, inject, test, vi } from "vitest";
import { createApp } from "../app.ts";
import { readEnv } from "../env.ts";
import { openParts } from "../parts.ts";
import { makeToken } from "../testing/ask-edge.ts";
import { env, holdClock, openRoom } from "./testing/real-room.ts";
import { checkChallenge } from "./turnstile.ts";

const settings = {
  TURNSTILE_SECRET_KEY: inject("turnstileSecret"),
  TURNSTILE_URL: inject("turnstileUrl"),
};

afterEach(() => {
  vi.useRealTimers();
});

test.each<[string, object, string | undefined, string]>([
  ["a right answer passes", {}, "good-1", "passed"],
  ["a wrong one fails", {}, "nonsense", "failed"],
  ["none fails", {}, undefined, "failed"],
  ["an empty one fails", {}, "", "failed"],
  ["one that is too long fails unasked", {}, `good-${"x".repeat(2048)}`, "failed"],
  [
    "a wrong secret says nothing of the visitor",
    { TURNSTILE_SECRET_KEY: "x" },
    "good-2",
    "unknown",
  ],
  [
    "a check that is out of reach says nothing",
    { TURNSTILE_URL: "http://127.0.0.1:9" },
    "good-3",
    "unknown",
  ],
  ["a check that never answers says nothing", {}, "hang", "unknown"],
  ["without a secret nothing is asked", { TURNSTILE_SECRET_KEY: undefined }, undefined, "off"],
])("%s", async (_case, over, token, verdict) => {
  expect(await checkChallenge({ ...settings, ...over }, token, "192.0.2.1")).toBe(verdict);
});

test("a join that is retried with the same answer passes again", async () => {
  expect(await checkChallenge(settings, "good-retried", undefined)).toBe("passed");
  expect(await checkChallenge(settings, "good-retried", undefined)).toBe("passed");
});

test("away from this machine the edge does not start without the challenge's secret", () => {
  const away = { ...env, ORIGIN_URL: "https://origin.example" };
  expect(() => readEnv(away)).toThrow(/TURNSTILE_SECRET_KEY/);
  expect(readEnv({ ...away, TURNSTILE_SECRET_KEY: "s" }).TURNSTILE_SECRET_KEY).toBe("s");
  expect(() => readEnv({ ...env, TURNSTILE_SITE_KEY: "k" })).toThrow(/TURNSTILE_SITE_KEY/);
  const pages = { ...env, PUBLIC_URL: "https://tickets.example", TURNSTILE_SECRET_KEY: "hidden" };
  expect(() => readEnv(pages)).toThrow(/TURNSTILE_SITE_KEY/);
  expect(() => readEnv(pages)).not.toThrow(/hidden/);
});

test("a suspect is answered like anybody, is sent behind once when the turn comes, and then gets in", async () => {
  holdClock();
  const room = await openRoom();
  const app = createApp(await openParts(readEnv({ ...env, ...settings })));
  const join = async (user: string, challenge?: string) => {
    const headers = {
      Authorization: `Bearer ${await makeToken({ sub: user, exp: Math.floor(Date.now() / 1000) + 9000 })}`,
      ...(challenge !== undefined && { "Turnstile-Token": challenge }),
    };
    const url = `https://edge.example/events/${room.event}/queue`;
    const request = new Request(url, { method: "POST", headers });
    const answer = await app.fetch(request, {}, createExecutionContext());
    const body = await answer.json<Record<string, unknown>>();
    return { status: answer.status, keys: Object.keys(body), number: Number(body["number"]) };
  };
  const person = await join("person", "good-person");
  const bot = await join("bot");
  expect([bot.status, bot.keys]).toEqual([person.status, person.keys]);
  await room.open();
  await room.steps(30);
  expect(await room.claim("person", person.number)).toMatchObject({ status: "admitted" });
  // As anybody hears whose time is over.
  expect(await room.claim("bot", bot.number)).toEqual({ status: "expired" });
  expect((await room.settled()).active).toBe(1);

  const late = await join("late", "good-late");
  const again = await join("bot");
  expect(again.status).toBe(201);
  expect(again.number).toBeGreaterThan(late.number);
  await room.steps(30);
  expect(await room.claim("bot", again.number)).toMatchObject({ status: "admitted" });
});

test("a thousand tries of a suspect end in one place, and never in a refusal", async () => {
  holdClock();
  const room = await openRoom();
  const suspected = () =>
    room.shard("bot").join(room.identity("bot"), "bot", true) as Promise<{ status: string }>;
  const answers = await Promise.all(Array.from({ length: 1000 }, suspected));
  expect(new Set(answers.map((it) => it.status))).toEqual(new Set(["joined"]));
  expect((await room.settled()).joins).toBe(1);
});
