import { beforeEach, expect, test } from "vitest";
import type { Booking } from "../../contracts/bookings.ts";
import { methods } from "../testing/stripe-books.ts";
import { createStripeOrigin } from "../payments/stripe/testing.ts";
import { settleDue } from "../payments/settle-due.ts";
import { endCancelled } from "./end-cancelled.ts";
import { openBookings } from "./open-bookings.ts";
import { bookingIn, newUser } from "./testing/booking-client.ts";

const shop = await createStripeOrigin();
const { stripe, origin, hold, pay, settle, accountOf, auditOf } = shop;
const { pool } = origin.database;
const bookings = openBookings(origin.deps);

beforeEach(async () => {
  await pool.query("UPDATE event_cancellations SET next_at = NULL"); // of other tests
});

test("of an event that is called off every booking ends, and all money goes back, once, on record", async () => {
  const event = await shop.makeEvent({ rows: 1, seatsPerRow: 5 });
  const [bought, paying, setAside, held, late] = await Promise.all(
    event.ids.map(async (id) => {
      const user = newUser();
      return { user, booking: bookingIn(await shop.place(user, event.id, { ticketIds: [id] })) };
    }),
  );
  if (!bought || !paying || !setAside || !held || !late) throw new Error("five were held");
  bookingIn(await pay(bought.user, bought.booking, methods.good), 200);
  await pay(paying.user, paying.booking);
  await pay(setAside.user, setAside.booking);
  for (const { id } of stripe.books.of(setAside.booking.id)) stripe.books.pay(id);
  await shop.expire({ event, ...late });
  const other = await hold();
  bookingIn(await pay(other.user, other.booking, methods.good), 200);

  await callOff(event.id);
  await endAll();
  await settle();

  expect(await statusOf(bought)).toMatchObject({ status: "cancelled", refund: "done" });
  expect((await statusOf(paying)).status).toBe("released");
  expect((await statusOf(setAside)).status).toBe("released");
  expect((await statusOf(held)).status).toBe("released");
  expect((await statusOf(late)).status).toBe("expired");
  expect((await statusOf(other)).status).toBe("confirmed");
  const moved = [bought, paying, setAside, other].map(({ booking }) => moneyOf(booking));
  expect(moved).toEqual([
    [{ status: "succeeded", taken: 0 }],
    [{ status: "canceled", taken: 0 }],
    [{ status: "canceled", taken: 0 }],
    [{ status: "succeeded", taken: other.booking.total.amount }],
  ]);
  const history = await shop.call(`/bookings/${bought.booking.id}/history`, { user: bought.user });
  expect(history.body).toMatchObject({
    changes: [
      { action: "hold.placed", byOwner: true },
      { action: "payment.authorised", byOwner: true },
      { action: "hold.confirmed", byOwner: true },
      { action: "payment.captured", byOwner: true },
      { action: "booking.cancelled", byOwner: false },
      { action: "payment.refunded" },
    ],
  });
  expect(await bookings.locks.readHeldTickets(String(event.id))).toEqual([]);
  expect(await edgeHears(event.id)).toEqual(
    event.ids.map((id) => ({ ticketId: id, status: "available" })),
  );

  // Called off again, and settled again: nothing is left that could happen twice.
  await callOff(event.id);
  await endAll();
  await settle();
  const audit = await auditOf(bought.booking.id);
  expect(audit.filter((it) => it === "booking.cancelled" || it === "payment.refunded")).toEqual([
    "booking.cancelled",
    "payment.refunded",
  ]);
});

test("the money of a booking is on its way until the provider has given it back", async () => {
  const { event, user, booking } = await buy();
  await callOff(event.id);
  await endAll();
  expect(await statusOf({ user, booking })).toMatchObject({ refund: "under-way" });
  // Away for a while, in all the ways that there are; one answer is lost after the money moved.
  for (const kind of ["cut", "broken", "reply-lost"] as const) {
    stripe.fail({ at: "/v1/refunds", kind });
    await settleOnce();
  }
  expect(await statusOf({ user, booking })).toMatchObject({ refund: "under-way" });
  await settleOnce();
  expect(await statusOf({ user, booking })).toMatchObject({ refund: "done" });
  expect(moneyOf(booking)).toEqual([{ status: "succeeded", taken: 0 }]);
  expect(await accountOf(booking.id)).toMatchObject({ status: "refunded", isOpen: false });
  expect((await auditOf(booking.id)).filter((it) => it === "payment.refunded")).toHaveLength(1);
});

test("batches are bounded, and their payments become due one after the other", async () => {
  const event = await shop.makeEvent({ rows: 1, seatsPerRow: 5 });
  for (const id of event.ids) {
    const user = newUser();
    const booking = bookingIn(await shop.place(user, event.id, { ticketIds: [id] }));
    bookingIn(await pay(user, booking, methods.good), 200);
  }
  await callOff(event.id);
  const left: number[] = [];
  for (let more = true; more; left.push(await countOpen(event.id))) {
    more = await endCancelled(bookings, 2);
  }
  expect(left).toEqual([3, 1, 0, 0]); // the last look finds that nothing is due
  const { rows } = await pool.query<{ ms: number }>(
    `SELECT round(extract(epoch FROM p.next_at - lag(p.next_at) OVER (ORDER BY p.next_at)) * 1000)::int AS ms
     FROM payments p JOIN bookings b ON b.id = p.booking_id WHERE b.event_id = $1`,
    [event.id],
  );
  const pauses = rows.flatMap(({ ms }) => (ms === null ? [] : [ms]));
  expect(pauses).toHaveLength(4);
  for (const ms of pauses) expect(ms).toBeGreaterThanOrEqual(50);
});

test("however many processes work at it, and whoever dies in the middle, each booking ends once", async () => {
  const bought = await buy(6);
  const { event } = bought;
  await callOff(event.id);
  const dying = await pool.connect();
  dying.on("error", () => {});
  await dying.query("BEGIN");
  const { rows } = await dying.query<{ answer: { ended: number }; pid: number }>(
    "SELECT end_cancelled_bookings(2, interval '1 second') AS answer, pg_backend_pid() AS pid",
  );
  expect(rows[0]?.answer.ended).toBe(2);
  // The others wait for nobody, and leave the event to whoever has it.
  expect(await endCancelled(bookings)).toBe(false);
  await pool.query("SELECT pg_terminate_backend($1)", [rows[0]?.pid]);
  dying.release(true);
  await expect.poll(() => endCancelled(bookings, 1)).toBe(true);
  expect(await countOpen(event.id)).toBe(5);
  for (let round = 0; round < 6; round += 1) {
    await Promise.all([1, 2, 3].map(() => endCancelled(bookings, 1)));
  }
  expect(await countOpen(event.id)).toBe(0);
  await settle();
  for (const { booking } of bought.all) {
    const audit = await auditOf(booking.id);
    expect(audit.filter((it) => it === "booking.cancelled")).toHaveLength(1);
    expect(audit.filter((it) => it === "payment.refunded")).toHaveLength(1);
    expect(moneyOf(booking)).toEqual([{ status: "succeeded", taken: 0 }]);
  }
});

test("a booking that somebody is changing right now is left for the next round", async () => {
  const { event, booking } = await buy();
  await callOff(event.id);
  const busy = await pool.connect();
  try {
    await busy.query("BEGIN");
    await busy.query("SELECT FROM bookings WHERE id = $1 FOR UPDATE", [booking.id]);
    expect(await endCancelled(bookings)).toBe(true);
    expect(await endCancelled(bookings)).toBe(false);
    expect(await countOpen(event.id)).toBe(1);
  } finally {
    await busy.query("ROLLBACK");
    busy.release();
  }
  await endAll();
  expect(await countOpen(event.id)).toBe(0);
});

test("a confirm that had read the event before it was called off is found minutes later; then the looking ends", async () => {
  const { event, user, booking } = await hold();
  await callOff(event.id);
  await pool.query("UPDATE events SET status = 'published' WHERE id = $1", [event.id]);
  await pool.query("UPDATE event_cancellations SET next_at = now() + interval '1 hour'");
  bookingIn(await pay(user, booking, methods.good), 200);
  await pool.query("UPDATE events SET status = 'cancelled' WHERE id = $1", [event.id]);
  await endAll();
  expect((await statusOf({ user, booking })).status).toBe("cancelled");
  expect(await looksAgain(event.id)).toBe(true);
  await pool.query(
    "UPDATE event_cancellations SET requested_at = requested_at - interval '10 minutes'",
  );
  await endAll();
  expect(await looksAgain(event.id)).toBe(false);
});

test("a buyer cancels at the same moment: the money goes back once", async () => {
  const { event, user, booking } = await buy();
  await callOff(event.id);
  const [ended] = await Promise.all([shop.end(user, booking.id), endAll(), settle()]);
  expect(ended.status).toBe(204);
  await endAll();
  await settle();
  expect(moneyOf(booking)).toEqual([{ status: "succeeded", taken: 0 }]);
  const audit = await auditOf(booking.id);
  expect(audit.filter((it) => it === "booking.cancelled")).toHaveLength(1);
});

type Owned = { readonly user: string; readonly booking: Booking };

/** Bookings of one seat each, paid for by somebody new. */
async function buy(count = 1) {
  const event = await shop.makeEvent({ rows: 1, seatsPerRow: count });
  const all: Owned[] = [];
  for (const id of event.ids) {
    const user = newUser();
    const booking = bookingIn(await shop.place(user, event.id, { ticketIds: [id] }));
    bookingIn(await pay(user, booking, methods.good), 200);
    all.push({ user, booking });
  }
  const [first] = all;
  if (!first) throw new Error("nothing was bought");
  return { event, all, ...first };
}

async function callOff(eventId: bigint): Promise<void> {
  const answer = await origin.asAdmin(`/admin/events/${eventId}/cancel`, { method: "POST" });
  expect(answer.status).toBe(200);
}

/** The job, as if its time had come, until it has nothing left to do. */
async function endAll(): Promise<void> {
  await pool.query("UPDATE event_cancellations SET next_at = now() WHERE next_at IS NOT NULL");
  while (await endCancelled(bookings));
}

async function settleOnce(): Promise<void> {
  await pool.query("UPDATE payments SET next_at = now() WHERE next_at IS NOT NULL");
  const provider = origin.deps.till?.provider;
  if (provider) await settleDue(bookings, provider, { warn: () => {} });
}

async function statusOf({ user, booking }: Owned): Promise<Booking> {
  return bookingIn(await shop.get(user, booking.id), 200);
}

function moneyOf({ id }: Booking) {
  return stripe.books
    .of(id)
    .map(({ status, captured, refunded }) => ({ status, taken: captured - refunded }));
}

async function countOpen(eventId: bigint): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    "SELECT count(*)::int AS n FROM bookings WHERE event_id = $1 AND status IN ('held', 'confirmed')",
    [eventId],
  );
  return rows[0]?.n ?? -1;
}

async function looksAgain(eventId: bigint): Promise<boolean> {
  const { rows } = await pool.query<{ again: boolean }>(
    "SELECT next_at IS NOT NULL AS again FROM event_cancellations WHERE event_id = $1",
    [eventId],
  );
  return rows[0]?.again ?? false;
}

/** What the outbox says last of each ticket. */
async function edgeHears(eventId: bigint) {
  const { rows } = await pool.query<{ ticketId: string; status: string }>(
    `SELECT DISTINCT ON (ticket::bigint) ticket AS "ticketId", payload ->> 'status' AS status
     FROM outbox, jsonb_array_elements_text(payload -> 'ticketIds') ticket
     WHERE topic = 'seats' AND payload ->> 'eventId' = $1 ORDER BY ticket::bigint, id DESC`,
    [String(eventId)],
  );
  return rows;
}
