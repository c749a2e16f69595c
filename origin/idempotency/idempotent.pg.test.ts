import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { bookingIdOf } from "../bookings/booking-id.ts";
import {
  bookingIn,
  createBookingClient,
  newUser,
  problemIn,
} from "../bookings/testing/booking-client.ts";
import { createTestOrigin } from "../testing/test-origin.ts";
import { forgetOldKeys } from "./key-row.ts";

const origin = await createTestOrigin();
const client = createBookingClient(origin);
const { database } = origin;

test("a repeated request gets the first answer, and has one effect", async () => {
  const { id, ids } = await client.makeEvent();
  const [user, key] = [newUser(), randomUUID()];
  const first = await client.place(user, id, { ticketIds: ids.slice(0, 2) }, key);
  expect(first.headers.get("Idempotency-Replayed")).toBeNull();
  const booking = bookingIn(first);
  const again = await client.place(user, id, { ticketIds: ids.slice(0, 2) }, key);
  expect(bookingIn(again)).toEqual(booking);
  expect(again.headers.get("Idempotency-Replayed")).toBe("true");
  expect(again.headers.get("Location")).toBe(`/bookings/${booking.id}`);
  expect((await client.list(user)).body).toMatchObject({ total: 1 });
});

test("requests with one key at the same time have one effect and one answer", async () => {
  const { id } = await client.makeEvent({ rows: 5, seatsPerRow: 20 }, { ticketLimit: 100 });
  const [user, key] = [newUser(), randomUUID()];
  const answers = await Promise.all(
    Array.from({ length: 12 }, () =>
      client.place(user, id, { bestAvailable: { quantity: 3 } }, key),
    ),
  );
  const placed = answers.filter(({ status }) => status === 201).map((answer) => bookingIn(answer));
  expect(placed.length).toBeGreaterThan(0);
  expect(new Set(placed.map((booking) => JSON.stringify(booking))).size).toBe(1);
  for (const answer of answers.filter(({ status }) => status !== 201)) {
    expect(problemIn(answer).code).toBe("idempotency-key-in-use");
  }
  expect((await client.list(user)).body).toMatchObject({ total: 1 });
  expect(await origin.deps.redis.zcard(`{${id}}:locks`)).toBe(3);
});

test("the first answer is given again whatever became of the booking, and locks nothing", async () => {
  const { id, ids } = await client.makeEvent();
  const [user, key] = [newUser(), randomUUID()];
  const request = { ticketIds: ids.slice(0, 2) };
  const booking = bookingIn(await client.place(user, id, request, key));
  await client.end(user, booking.id);
  expect(bookingIn(await client.place(user, id, request, key))).toEqual(booking);
  const other = newUser();
  bookingIn(await client.place(other, id, request));
  const again = await client.place(user, id, request, key);
  expect(bookingIn(again)).toEqual(booking);
  expect(again.headers.get("Idempotency-Replayed")).toBe("true");
  await database.pool.query("UPDATE events SET status = 'cancelled' WHERE id = $1", [id]);
  expect(bookingIn(await client.place(user, id, request, key))).toEqual(booking);
});

test("another request with the key is refused: other tickets, other event, other route", async () => {
  const [{ id, ids }, other] = [await client.makeEvent(), await client.makeEvent()];
  const [user, key] = [newUser(), randomUUID()];
  const booking = bookingIn(await client.place(user, id, { ticketIds: [ids[0]] }, key));
  for (const answer of [
    await client.place(user, id, { ticketIds: [ids[1]] }, key),
    await client.place(user, id, { bestAvailable: { quantity: 1 } }, key),
    await client.place(user, other.id, { ticketIds: [other.ids[0]] }, key),
    await client.confirm(user, booking.id, key),
  ]) {
    expect(problemIn(answer)).toMatchObject({ code: "idempotency-key-reused", status: 422 });
  }
  bookingIn(await client.place(newUser(), other.id, { ticketIds: [other.ids[0]] }, key));
});

test("a refusal is not kept: the same request may succeed later", async () => {
  const { id, ids } = await client.makeEvent();
  const [user, key] = [newUser(), randomUUID()];
  const taken = newUser();
  const first = bookingIn(await client.place(taken, id, { ticketIds: [ids[0]] }));
  const request = { ticketIds: [ids[0]] };
  expect(problemIn(await client.place(user, id, request, key)).code).toBe("tickets-unavailable");
  await client.end(taken, first.id);
  bookingIn(await client.place(user, id, request, key));
});

test("a key is new again after a day", async () => {
  const { id, ids } = await client.makeEvent();
  const [user, key] = [newUser(), randomUUID()];
  const first = bookingIn(await client.place(user, id, { ticketIds: [ids[0]] }, key));
  await client.end(user, first.id);
  await database.pool.query(
    "UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE key = $1",
    [key],
  );
  // By then nothing is left of it in Redis either.
  await origin.deps.redis.del(`{${id}}:key:${bookingIdOf(user, key)}`);
  const request = { ticketIds: [ids[1]] };
  const second = bookingIn(await client.place(user, id, request, key));
  expect(second.id).not.toBe(first.id);
  expect(bookingIn(await client.place(user, id, request, key))).toEqual(second);
});

test("keys of more than a day are tidied up, younger ones stay", async () => {
  const { id, ids } = await client.makeEvent();
  const [user, old, young] = [newUser(), randomUUID(), randomUUID()];
  await client.place(user, id, { ticketIds: [ids[0]] }, old);
  await client.place(user, id, { ticketIds: [ids[1]] }, young);
  await database.pool.query(
    "UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE key = $1",
    [old],
  );
  while ((await forgetOldKeys(origin.deps.db)) > 0);
  const { rows } = await database.pool.query(
    "SELECT key FROM idempotency_keys WHERE user_id = $1",
    [user],
  );
  expect(rows).toEqual([{ key: young }]);
});

test.each(["", "a b", "ü", "k".repeat(256)])("the key %j is refused by its name", async (key) => {
  const { id, ids } = await client.makeEvent();
  const answer = await origin.ask(`/bookings/${id}`, {
    method: "POST",
    user: newUser(),
    body: { ticketIds: [ids[0]] },
    headers: { "Idempotency-Key": key },
  });
  expect(await answer.json()).toMatchObject({
    code: "validation-failed",
    errors: expect.arrayContaining([expect.objectContaining({ path: "headers.Idempotency-Key" })]),
  });
});

test("a confirm with a key is answered again as it was; a refusal is not kept", async () => {
  const { id, ids } = await client.makeEvent();
  const [user, key] = [newUser(), randomUUID()];
  const booking = bookingIn(await client.place(user, id, { ticketIds: [ids[0]] }));
  await database.pool.query("UPDATE tickets SET status = 'blocked' WHERE id = $1", [ids[0]]);
  expect(problemIn(await client.confirm(user, booking.id, key)).code).toBe("hold-expired");
  await database.pool.query("UPDATE tickets SET status = 'available' WHERE id = $1", [ids[0]]);
  const confirmed = await client.confirm(user, booking.id, key);
  expect(confirmed.headers.get("Idempotency-Replayed")).toBeNull();
  const first = bookingIn(confirmed, 200);
  await client.end(user, booking.id);
  const again = await client.confirm(user, booking.id, key);
  expect(bookingIn(again, 200)).toEqual(first);
  expect(again.headers.get("Idempotency-Replayed")).toBe("true");
  expect(again.headers.get("Content-Type")).toBe("application/json");
});

test("a key is in use while its request is under way, and free again when that was cut off", async () => {
  const { id, ids } = await client.makeEvent();
  const [user, key] = [newUser(), randomUUID()];
  const booking = bookingIn(await client.place(user, id, { ticketIds: [ids[0]] }));
  bookingIn(await client.confirm(user, booking.id, key), 200);
  // As if the process had died before it stored the answer.
  const setInFlight = (locked: string) =>
    database.pool.query(
      `UPDATE idempotency_keys SET status = NULL, body = NULL, locked_until = now() + $2::interval WHERE key = $1`,
      [key, locked],
    );
  await setInFlight("20 seconds");
  expect(problemIn(await client.confirm(user, booking.id, key))).toMatchObject({
    code: "idempotency-key-in-use",
    status: 409,
  });
  await setInFlight("-1 second");
  expect(bookingIn(await client.confirm(user, booking.id, key), 200).status).toBe("confirmed");
});
