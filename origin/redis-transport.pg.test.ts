import { createServer as createHttpServer } from "node:http";
import { createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { setImmediate } from "node:timers/promises";
import { afterAll, expect, inject, onTestFinished, test } from "vitest";
import { insertEvent, insertTickets } from "../db/testing/factories.ts";
import { openRedis } from "./deps.ts";
import { createRedisTransport } from "./redis-transport.ts";
import { createTestOrigin } from "./testing/test-origin.ts";

/** Takes connections and what comes over them, and says nothing: a Redis that hangs. */
const sockets = new Set<Socket>();
let heard = "";
const mute = createServer((socket) => {
  sockets.add(socket);
  socket.on("data", (chunk) => (heard += chunk.toString()));
  socket.on("error", () => undefined);
});
await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
const muteUrl = `http://127.0.0.1:${(mute.address() as AddressInfo).port}`;
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  mute.close();
});

test("commands asked at once get their own answers, and one that fails fails alone", async () => {
  const redis = openRedis(inject("upstashUrl"), inject("upstashToken"));
  const asked = Array.from({ length: 300 }, (_, n) => String(n));
  const answers = asked.map((n) => redis.eval("return ARGV[1]", [], [n]));
  const unknown = redis.evalsha("0".repeat(40), [], []).catch((error: unknown) => error);
  expect(await Promise.all(answers)).toEqual(asked);
  expect(String(await unknown)).toContain("NOSCRIPT");
});

test("a Redis that hangs fails every command at its own time, those behind others, too, and nothing is sent twice", async () => {
  const transport = createRedisTransport({ url: muteUrl, token: "x", timeoutMs: 100 });
  const asked = Array.from({ length: 250 }, (_, n) =>
    transport.request({ body: ["echo", `<${n}>`] }).catch((error: Error) => error.name),
  );
  expect(new Set(await Promise.all(asked))).toEqual(new Set(["TimeoutError"]));
  const sent = heard.match(/<\d+>/g) ?? [];
  expect(new Set(sent).size).toBe(sent.length);
});

test("while Redis hangs a hold is refused with Retry-After, and nothing is stored", async () => {
  const { ask, database } = await createTestOrigin(() => ({ redis: openRedis(muteUrl, "x") }));
  const event = await insertEvent(database.db);
  const [ticket] = await insertTickets(database.db, event);
  const body = { ticketIds: [String(ticket?.id)] };
  const res = await ask(`/bookings/${event.id}`, { method: "POST", user: "alice", body });
  expect([res.status, await res.json()]).toMatchObject([503, { code: "service-unavailable" }]);
  expect(res.headers.get("Retry-After")).toMatch(/^\d+$/);
  const { rows } = await database.pool.query("SELECT count(*)::int AS n FROM bookings");
  expect(rows).toEqual([{ n: 0 }]);
});

test("commands that follow one another closely go together, and at once when there are enough", async () => {
  const sizes: number[] = [];
  const begunMs: number[] = [];
  const { url, close } = await countingGateway((commands) => {
    begunMs.push(performance.now());
    sizes.push(commands);
  });
  onTestFinished(close);
  const paceMs = 3_600_000;
  const patient = createRedisTransport({ url, token: "x", timeoutMs: 10_000, paceMs });
  await patient.request({ body: ["echo", "alone"] });
  const asked = Array.from({ length: 100 }, async (_, n) => {
    for (let turns = n % 5; turns > 0; turns -= 1) await setImmediate();
    return patient.request({ body: ["echo", String(n)] });
  });
  await Promise.all(asked);
  expect(sizes).toEqual([1, 100]);

  const paced = createRedisTransport({ url, token: "x", timeoutMs: 10_000, paceMs: 50 });
  await paced.request({ body: ["echo", "first"] });
  await paced.request({ body: ["echo", "second"] });
  expect(sizes).toEqual([1, 100, 1, 1]);
  expect((begunMs[3] ?? 0) - (begunMs[2] ?? 0)).toBeGreaterThan(25);
});

/** Answers each command of a request, and says how many it had. */
async function countingGateway(onRequest: (commands: number) => void) {
  const server = createHttpServer((req, res) => {
    let body = "";
    req.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
    req.on("end", () => {
      const commands = req.url === "/pipeline" ? (JSON.parse(body) as unknown[]).length : 1;
      onRequest(commands);
      const outcomes = Array.from({ length: commands }, () => ({ result: "OK" }));
      res.end(JSON.stringify(req.url === "/pipeline" ? outcomes : outcomes[0]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}
