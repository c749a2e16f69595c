import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { importPassKeys, signAdmissionPass } from "../../contracts/admission-pass.ts";
import { endedPassesPath } from "../../contracts/queue-control.ts";
import { createBookingClient } from "../bookings/testing/booking-client.ts";
import { rowsOf } from "../bookings/call-function.ts";
import { createApp } from "../app.ts";
import { signRequest } from "../testing/sign-request.ts";
import { createTestOrigin } from "../testing/test-origin.ts";
import { readStock } from "./read-stock.ts";
import { writeQueue } from "./queue-row.ts";

const origin = await createTestOrigin();
const { ask, database, deps, passKeys, issuer } = origin;
const { makeEvent } = createBookingClient(origin);
const generation = 3;

test("a queued event sells to nobody without a valid pass of the same person", async () => {
  const { event, one } = await queuedEvent();
  const pass = await passFor(event, "alice");
  const strangers = await importPassKeys(JSON.stringify({ p1: await newKey() }), "private");
  const cases: [string, string | undefined][] = [
    ["alice", undefined],
    ["alice", "nonsense"],
    ["mallory", pass],
    ["alice", await passFor(`${event}1`, "alice")],
    ["alice", await passFor(event, "alice", { generation: generation - 1 })],
    ["alice", await passFor(event, "alice", { expiresAt: nowSeconds() - 1 })],
    ["alice", await passFor(event, "alice", {}, strangers)],
  ];
  for (const [user, given] of cases) expect(await hold(event, user, one, given)).toBe(403);
  expect(await hold(event, "alice", one, pass)).toBe(201);
});

test("a pass that was given back buys nothing more, though its time is not over", async () => {
  const { event, one } = await queuedEvent();
  const pass = await passFor(event, "alice");
  const ended = [{ event, generation, number: 7, expiresAt: nowSeconds() + 300 }];
  const told = await ask(endedPassesPath, { method: "POST", body: { ended } });
  expect(told.status).toBe(204);
  expect(await hold(event, "alice", one, pass)).toBe(403);
});

test("seats are shown to pass holders alone, and to all while the queue fails open", async () => {
  const { event } = await queuedEvent();
  const pass = await passFor(event, "alice");
  const see = async (headers: Record<string, string>) =>
    (await ask(`/events/${event}/availability`, { headers })).status;
  expect(await see({})).toBe(403);
  expect(await see({ "Admission-Pass": pass })).toBe(200);
  const until = sql`now() + interval '1 minute'`;
  await database.db.execute(
    sql`UPDATE event_queues SET fail_open_until = ${until} WHERE event_id = ${event}`,
  );
  // Another process, which remembers nothing of the time before.
  const request = await signRequest({ ...deps, issuer }, `/events/${event}/availability`, {});
  expect((await createApp(deps).fetch(request)).status).toBe(200);
});

test("a confirmed hold tells the room that its person is done, unless other seats are held", async () => {
  const { event, one, two } = await queuedEvent();
  const pass = await passFor(event, "alice");
  const [first, second] = [await place(event, one, pass), await place(event, two, pass)];
  await confirm(first);
  expect(await messages(event)).toEqual([]);
  await confirm(second);
  expect(await messages(event)).toEqual([{ event, user: "alice" }]);
});

test("the stock counts unexpired holds apart, and prices what is left", async () => {
  const { event, one, two } = await queuedEvent();
  const before = await readStock(database.db, event);
  const pass = await passFor(event, "alice");
  const booking = await place(event, one, pass);
  await place(event, two, pass);
  const held = await readStock(database.db, event);
  expect([held.available, held.held]).toEqual([before.available - 2, 2]);
  await confirm(booking);
  const sold = await readStock(database.db, event);
  expect([sold.available, sold.held]).toEqual([before.available - 2, 1]);
  expect(sold.priceRange).toEqual(before.priceRange);
});

async function queuedEvent() {
  const { id, ids } = await makeEvent();
  const event = String(id);
  await writeQueue(database.db, event, generation, {
    opensAt: new Date().toISOString(),
    admitPerMinute: 60,
    maxActive: 10,
    passSeconds: 600,
    graceSeconds: 120,
    message: "",
    shards: 4,
  });
  await database.db.execute(sql`UPDATE events SET queue_enabled = true WHERE id = ${event}`);
  const [one = "", two = ""] = ids;
  return { event, one, two };
}

function passFor(event: string, user: string, over: object = {}, keys = passKeys): Promise<string> {
  const pass = { event, generation, number: 7, user, expiresAt: nowSeconds() + 300, ...over };
  return signAdmissionPass(keys, pass, nowSeconds());
}

async function hold(event: string, user: string, ticket: string, pass: string | undefined) {
  return (await post(event, user, ticket, pass)).status;
}

async function place(event: string, ticket: string, pass: string): Promise<string> {
  const { id } = (await (await post(event, "alice", ticket, pass)).json()) as { id: string };
  return id;
}

function post(event: string, user: string, ticket: string, pass: string | undefined) {
  const headers = pass === undefined ? {} : { "Admission-Pass": pass };
  const body = { ticketIds: [ticket] };
  return ask(`/bookings/${event}`, { method: "POST", user, body, headers });
}

async function confirm(booking: string): Promise<void> {
  const answer = await ask(`/bookings/${booking}/confirm`, { method: "POST", user: "alice" });
  expect(answer.status).toBe(200);
}

async function messages(event: string): Promise<unknown[]> {
  const rows = rowsOf<{ payload: unknown }>(
    await database.db.execute(
      sql`SELECT payload FROM outbox WHERE topic = 'queue' AND payload ->> 'event' = ${event}`,
    ),
  );
  return rows.map((row) => row.payload);
}

async function newKey() {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const { privateKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  return crypto.subtle.exportKey("jwk", privateKey);
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
