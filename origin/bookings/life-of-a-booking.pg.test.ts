import { expect, test } from "vitest";
import type { Booking } from "../../contracts/bookings.ts";
import { openRedis } from "../deps.ts";
import { createTestOrigin } from "../testing/test-origin.ts";
import { bookingIn, createBookingClient, newUser, problemIn } from "./testing/booking-client.ts";

const origin = await createTestOrigin();
const client = createBookingClient(origin);
const { database } = origin;

test("a confirmed hold is booked for its user, and confirming it again changes nothing", async () => {
  const { user, booking, event } = await hold();
  const confirmed = bookingIn(await client.confirm(user, booking.id), 200);
  expect(confirmed).toMatchObject({
    status: "confirmed",
    expiresAt: null,
    tickets: [{ status: "booked" }, { status: "booked" }],
  });
  expect(confirmed.confirmedAt).not.toBeNull();
  expect(bookingIn(await client.confirm(user, booking.id), 200)).toEqual(confirmed);
  expect(await storedTickets(event.id)).toEqual([
    { id: event.ids[0], status: "booked", user_id: user, booking_id: booking.id },
    { id: event.ids[1], status: "booked", user_id: user, booking_id: booking.id },
  ]);
  expect(await auditOf(booking.id)).toEqual(["hold.placed", "hold.confirmed"]);
});

test("confirming twice at once books once", async () => {
  const { user, booking } = await hold();
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => client.confirm(user, booking.id)),
  );
  for (const answer of answers) expect(bookingIn(answer, 200).status).toBe("confirmed");
  expect(await auditOf(booking.id)).toEqual(["hold.placed", "hold.confirmed"]);
});

test("a late confirm takes tickets that are still free", async () => {
  const { user, booking } = await hold();
  await client.expire(booking.id);
  expect(bookingIn(await client.confirm(user, booking.id), 200).status).toBe("confirmed");
});

test("a late confirm takes tickets again that others held meanwhile and let go", async () => {
  const { user, booking, event } = await hold();
  await client.expire(booking.id);
  await dropLocks(event.id, user);
  const other = newUser();
  const taken = bookingIn(await client.place(other, event.id, { ticketIds: [event.ids[0]] }));
  const refused = problemIn(await client.confirm(user, booking.id));
  expect(refused.code).toBe("hold-expired");
  await client.end(other, taken.id);
  expect(bookingIn(await client.confirm(user, booking.id), 200).status).toBe("confirmed");
  expect(problemIn(await client.confirm(other, taken.id)).code).toBe("booking-not-changeable");
});

test("a late confirm of tickets that somebody else has is refused, and changes nothing", async () => {
  const { user, booking, event } = await hold();
  await client.expire(booking.id);
  await dropLocks(event.id, user);
  const other = newUser();
  const taken = bookingIn(await client.place(other, event.id, { ticketIds: [event.ids[1]] }));
  bookingIn(await client.confirm(other, taken.id), 200);
  const problem = problemIn(await client.confirm(user, booking.id));
  expect([problem.code, problem.status]).toEqual(["hold-expired", 409]);
  expect(bookingIn(await client.get(user, booking.id), 200).status).toBe("expired");
  expect((await storedTickets(event.id)).map(({ user_id }) => user_id)).toEqual([null, other]);
});

test("a late confirm may not lift a user over the limit", async () => {
  const event = await client.makeEvent({ rows: 2, seatsPerRow: 5 }, { ticketLimit: 2 });
  const user = newUser();
  const late = bookingIn(await client.place(user, event.id, { ticketIds: event.ids.slice(0, 2) }));
  await client.expire(late.id);
  await dropLocks(event.id, user);
  bookingIn(await client.place(user, event.id, { ticketIds: event.ids.slice(3, 5) }));
  expect(problemIn(await client.confirm(user, late.id)).code).toBe("limit-exceeded");
});

test("a hold of an event that was cancelled, or of a ticket that was blocked, cannot be confirmed", async () => {
  const [cancelled, blocked] = [await hold(), await hold()];
  await database.pool.query("UPDATE events SET status = 'cancelled' WHERE id = $1", [
    cancelled.event.id,
  ]);
  await database.pool.query("UPDATE tickets SET status = 'blocked' WHERE id = $1", [
    blocked.event.ids[1],
  ]);
  expect(problemIn(await client.confirm(cancelled.user, cancelled.booking.id)).code).toBe(
    "sale-not-open",
  );
  expect(problemIn(await client.confirm(blocked.user, blocked.booking.id)).code).toBe(
    "hold-expired",
  );
  expect((await storedTickets(blocked.event.id)).map(({ status }) => status)).toEqual([
    "available",
    "blocked",
  ]);
  expect(bookingIn(await client.get(blocked.user, blocked.booking.id), 200).status).toBe("held");
});

test("a hold can be extended up to its cap, and its locks with it", async () => {
  const { user, booking, event } = await hold();
  await database.pool.query(
    "UPDATE bookings SET expires_at = now() + interval '5 seconds' WHERE id = $1",
    [booking.id],
  );
  const before = await lockExpiry(event.id, event.ids[0]);
  const extended = bookingIn(await client.extend(user, booking.id), 200);
  expect(Date.parse(extended.expiresAt ?? "")).toBeGreaterThan(Date.parse(booking.expiresAt ?? ""));
  expect(await lockExpiry(event.id, event.ids[0])).toBeGreaterThan(before);
  await database.pool.query(
    "UPDATE bookings SET extendable_until = now() + interval '9 seconds', expires_at = now() + interval '8 seconds' WHERE id = $1",
    [booking.id],
  );
  const last = bookingIn(await client.extend(user, booking.id), 200);
  expect(last.expiresAt).toBe(last.extendableUntil);
  expect(problemIn(await client.extend(user, booking.id)).code).toBe("booking-not-changeable");
});

test("only a hold that has not expired can be extended", async () => {
  const [expired, confirmed] = [await hold(), await hold()];
  await client.expire(expired.booking.id);
  await client.confirm(confirmed.user, confirmed.booking.id);
  expect(problemIn(await client.extend(expired.user, expired.booking.id)).code).toBe(
    "hold-expired",
  );
  expect(problemIn(await client.extend(confirmed.user, confirmed.booking.id)).code).toBe(
    "booking-not-changeable",
  );
});

test("a released hold's tickets can be held by others at once, and releasing again changes nothing", async () => {
  const { user, booking, event } = await hold();
  expect((await client.end(user, booking.id)).status).toBe(204);
  const other = newUser();
  bookingIn(await client.place(other, event.id, { ticketIds: event.ids }));
  expect((await client.end(user, booking.id)).status).toBe(204);
  const refused = await client.place(user, event.id, { ticketIds: [event.ids[0]] });
  expect(problemIn(refused).code).toBe("tickets-unavailable");
  expect(bookingIn(await client.get(user, booking.id), 200).status).toBe("released");
  expect(problemIn(await client.confirm(user, booking.id)).code).toBe("booking-not-changeable");
});

test("a cancelled booking's tickets are on sale again at once", async () => {
  const { user, booking, event } = await hold();
  bookingIn(await client.confirm(user, booking.id), 200);
  expect((await client.end(user, booking.id)).status).toBe(204);
  expect(bookingIn(await client.get(user, booking.id), 200)).toMatchObject({
    status: "cancelled",
    tickets: [{ status: "available" }, { status: "available" }],
  });
  bookingIn(await client.place(newUser(), event.id, { ticketIds: event.ids }));
  expect(await auditOf(booking.id)).toEqual(["hold.placed", "hold.confirmed", "booking.cancelled"]);
});

test("a confirmed booking cannot be cancelled once its event has begun", async () => {
  const { user, booking, event } = await hold();
  bookingIn(await client.confirm(user, booking.id), 200);
  await database.pool.query(
    "UPDATE events SET starts_at = now() - interval '1 minute' WHERE id = $1",
    [event.id],
  );
  expect(problemIn(await client.end(user, booking.id)).code).toBe("booking-not-changeable");
  expect(bookingIn(await client.get(user, booking.id), 200).status).toBe("confirmed");
});

test("somebody else's booking is not there, whatever is asked of it", async () => {
  const { user, booking } = await hold();
  const other = newUser();
  for (const id of [booking.id, crypto.randomUUID(), "1"]) {
    for (const answer of [
      await client.get(other, id),
      await client.confirm(other, id),
      await client.extend(other, id),
      await client.end(other, id),
    ]) {
      expect(problemIn(answer).code).toBe("not-found");
    }
  }
  expect(bookingIn(await client.get(user, booking.id), 200)).toEqual(booking);
});

test("a user's bookings come newest first, page by page, whatever became of them", async () => {
  const event = await client.makeEvent();
  const user = newUser();
  const made: Booking[] = [];
  for (const ticketId of event.ids.slice(0, 3)) {
    made.unshift(bookingIn(await client.place(user, event.id, { ticketIds: [ticketId] })));
  }
  await client.end(user, made[1]?.id ?? "");
  await client.expire(made[2]?.id ?? "");
  const all = (await client.list(user)).body;
  expect(all).toMatchObject({
    page: 1,
    pageSize: 20,
    total: 3,
    bookings: [
      { id: made[0]?.id, status: "held" },
      { id: made[1]?.id, status: "released" },
      { id: made[2]?.id, status: "expired" },
    ],
  });
  expect((await client.list(user, "?page=2&pageSize=2")).body).toMatchObject({
    total: 3,
    bookings: [{ id: made[2]?.id }],
  });
  expect((await client.list(newUser())).body).toMatchObject({ total: 0, bookings: [] });
  expect(problemIn(await client.list(user, "?page=0")).errors?.[0]?.path).toBe("query.page");
});

test("without Redis holds are confirmed, released and cancelled, but none is placed", async () => {
  const [first, second] = [await hold(), await hold()];
  const cut = createBookingClient({
    ...origin,
    ask: (await originWithoutRedis()).ask,
  });
  const { id, ids } = await client.makeEvent();
  const refused = await cut.place(newUser(), id, { ticketIds: [ids[0]] });
  expect(problemIn(refused).code).toBe("service-unavailable");
  expect(refused.headers.get("Retry-After")).toMatch(/^\d+$/);
  expect(bookingIn(await cut.confirm(first.user, first.booking.id), 200).status).toBe("confirmed");
  expect((await cut.end(first.user, first.booking.id)).status).toBe(204);
  bookingIn(await cut.extend(second.user, second.booking.id), 200);
  expect((await cut.end(second.user, second.booking.id)).status).toBe(204);
});

async function originWithoutRedis() {
  return createTestOrigin(() => ({
    db: origin.deps.db,
    redis: openRedis("http://127.0.0.1:9", "x"),
  }));
}

/** Two tickets of an event of their own, held. */
async function hold() {
  const event = await client.makeEvent({ rows: 1, seatsPerRow: 2 });
  const user = newUser();
  const booking = bookingIn(await client.place(user, event.id, { ticketIds: event.ids }));
  return { event, user, booking };
}

async function storedTickets(eventId: bigint) {
  const { rows } = await database.pool.query<{
    id: string;
    status: string;
    user_id: string | null;
    booking_id: string | null;
  }>("SELECT id, status, user_id, booking_id FROM tickets WHERE event_id = $1 ORDER BY id", [
    eventId,
  ]);
  return rows;
}

async function auditOf(bookingId: string): Promise<string[]> {
  const { rows } = await database.pool.query<{ action: string }>(
    "SELECT action FROM audit_log WHERE entity = 'booking' AND entity_id = $1 ORDER BY id",
    [bookingId],
  );
  return rows.map(({ action }) => action);
}

async function lockExpiry(eventId: bigint, ticketId = ""): Promise<number> {
  return Number(await origin.deps.redis.zscore(`{${eventId}}:locks`, ticketId));
}

async function dropLocks(id: bigint, user: string): Promise<void> {
  await origin.deps.redis.del(`{${id}}:locks`, `{${id}}:owners`, `{${id}}:user:${user}`);
}
