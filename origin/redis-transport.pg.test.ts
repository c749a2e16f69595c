import { createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { afterAll, expect, inject, test } from "vitest";
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
