import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { bookingIdOf } from "../bookings/booking-id.ts";
import { openBookings } from "../bookings/open-bookings.ts";
import {
  bookingIn,
  createBookingClient,
  newUser,
  problemIn,
} from "../bookings/testing/booking-client.ts";
import { countedDb } from "../bookings/testing/counted.ts";
import { createTestOrigin } from "../testing/test-origin.ts";
import { learnKeys } from "./learn-keys.ts";

const statements = { asked: 0 };
const origin = await createTestOrigin(({ db }) => ({ db: countedDb(db, statements) }));
const client = createBookingClient(origin);
const { database, deps } = origin;
const { keys, locks } = openBookings(deps);

test("while a hold with a key is under way the same request is told so, another one that the key is taken", async () => {
  const { id, ids } = await client.makeEvent();
  const [user, key] = [newUser(), randomUUID()];
  const letGo = await keepWaiting(id, user);
  const first = client.place(user, id, { ticketIds: [ids[0]] }, key);
  await expect.poll(isSomebodyWaiting, { timeout: 20_000 }).toBe(true);
  const again = await client.place(user, id, { ticketIds: [ids[0]] }, key);
  expect(problemIn(again)).toMatchObject({ code: "idempotency-key-in-use", status: 409 });
  expect(again.headers.get("Retry-After")).toMatch(/^\d+$/);
  const other = await client.place(user, id, { ticketIds: [ids[1]] }, key);
  expect(problemIn(other)).toMatchObject({ code: "idempotency-key-reused", status: 422 });
  await letGo();
  const booking = bookingIn(await first);
  const repeated = await client.place(user, id, { ticketIds: [ids[0]] }, key);
  expect(bookingIn(repeated)).toEqual(booking);
  expect(repeated.headers.get("Idempotency-Replayed")).toBe("true");
});

test("a process that died with a key in hand keeps it for a time and no longer", async () => {
  const { id, ids } = await client.makeEvent();
  const [user, key] = [newUser(), randomUUID()];
  const name = { eventId: String(id), bookingId: bookingIdOf(user, key) };
  await locks.place({
    ...name,
    userId: user,
    groups: [{ ticketIds: [ids[0] ?? ""] }],
    keepsPairs: false,
    limit: 8,
    key: { hash: "of the request that died", tryId: randomUUID() },
  });
  const request = { ticketIds: [ids[0]] };
  expect((await client.place(user, id, request, key)).status).toBe(422);
  await deps.redis.hset(`{${id}}:key:${name.bookingId}`, { until: 1 });
  bookingIn(await client.place(user, id, request, key));
});

test("a try that failed gives its key back at once", async () => {
  const { id, ids } = await client.makeEvent();
  const [user, key] = [newUser(), randomUUID()];
  await database.pool.query("UPDATE tickets SET status = 'blocked' WHERE id = $1", [ids[0]]);
  const request = { ticketIds: [ids[0]] };
  expect(problemIn(await client.place(user, id, request, key)).code).toBe("tickets-unavailable");
  await database.pool.query("UPDATE tickets SET status = 'available' WHERE id = $1", [ids[0]]);
  bookingIn(await client.place(user, id, request, key));
});

test("once Redis knows the keys of an event, refusing a new key costs no statement, and a used one gets its answer", async () => {
  const { id, ids } = await client.makeEvent();
  const [user, key] = [newUser(), randomUUID()];
  expect(await learn(id)).toBe(true);
  const request = { ticketIds: ids.slice(0, 2) };
  const booking = bookingIn(await client.place(user, id, request, key));
  const refused = () => client.place(newUser(), id, request, randomUUID());
  expect(problemIn(await refused()).code).toBe("tickets-unavailable");
  statements.asked = 0;
  expect(problemIn(await refused()).code).toBe("tickets-unavailable");
  expect(statements.asked).toBe(0);

  await client.end(user, booking.id);
  bookingIn(await client.place(newUser(), id, request));
  expect(bookingIn(await client.place(user, id, request, key))).toEqual(booking);
});

test("keys that Redis lost are asked of Postgres, until their answers are too old to matter", async () => {
  const { id, ids } = await client.makeEvent();
  const [user, key] = [newUser(), randomUUID()];
  const request = { ticketIds: [ids[0]] };
  const booking = bookingIn(await client.place(user, id, request, key));
  await client.end(user, booking.id);
  bookingIn(await client.place(newUser(), id, request));
  await deps.redis.del(`{${id}}:key:${booking.id}`, `{${id}}:keys-since`);
  expect(await learn(id)).toBe(true);
  expect(await keys.lookUp({ eventId: String(id), bookingId: randomUUID() })).toBe("unknown");
  expect(bookingIn(await client.place(user, id, request, key))).toEqual(booking);
});

test("what is lost while the keys are learned makes them unknown again", async () => {
  const { id } = await client.makeEvent();
  const losing = {
    beginToKnow: async (eventId: string, attempt: string) => {
      const isFirst = await keys.beginToKnow(eventId, attempt);
      await deps.redis.del(`{${id}}:keys-since`);
      return isFirst;
    },
    know: keys.know,
  };
  expect(
    await learnKeys({ db: deps.db, keys: losing, newAttempt: randomUUID, waitMs: 0 }, String(id)),
  ).toBe(false);
  expect(await keys.lookUp({ eventId: String(id), bookingId: randomUUID() })).toBe("unknown");
});

function learn(eventId: bigint): Promise<boolean> {
  return learnKeys({ db: deps.db, keys, newAttempt: randomUUID, waitMs: 0 }, String(eventId));
}

/** Holds what makes a user's holds of an event go one after the other. @returns what lets go */
async function keepWaiting(eventId: bigint, user: string): Promise<() => Promise<void>> {
  const blocker = await database.pool.connect();
  await blocker.query("BEGIN");
  await blocker.query("SELECT lock_user_of_event($1, $2)", [eventId, user]);
  return async () => {
    await blocker.query("COMMIT");
    blocker.release();
  };
}

async function isSomebodyWaiting(): Promise<boolean> {
  const { rowCount } = await database.pool.query(
    "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'",
  );
  return (rowCount ?? 0) > 0;
}
