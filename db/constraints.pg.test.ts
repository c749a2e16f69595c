import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { createTestDatabase } from "./testing/database.ts";
import { insertBooking, insertEvent, insertTickets } from "./testing/factories.ts";

const { database } = await createTestDatabase();
const { db, pool } = database;

const event = await insertEvent(db);
const [sold, held, free] = await insertTickets(db, event, { rows: 1, seatsPerRow: 3 });
const otherEvent = await insertEvent(db, { venueId: event.venueId });
const [foreign] = await insertTickets(db, otherEvent, { rows: 1, seatsPerRow: 1 });
if (!sold || !held || !free || !foreign) throw new Error("no tickets");
const confirmed = await insertBooking(db, { eventId: event.id }, [sold]);
const holding = await insertBooking(db, { eventId: event.id, status: "held" }, [held]);
await pool.query(
  "INSERT INTO audit_log (actor, action, entity, entity_id) VALUES ('a', 'b', 'c', 'd')",
);

const claim = (booking: string, ticket: bigint, ofEvent = event.id) =>
  `INSERT INTO booking_tickets (booking_id, ticket_id, event_id, price)
   VALUES ('${booking}', ${ticket}, ${ofEvent}, 1)`;
const book = (ticket: bigint, change: string) =>
  `UPDATE tickets SET ${change} WHERE id = ${ticket}`;
const booking = (columns: string, values: string) =>
  `INSERT INTO bookings (id, event_id, user_id, total, currency, expires_at, extendable_until, ${columns})
   VALUES ('${randomUUID()}', ${event.id}, 'bob', 0, 'GBP', now(), now(), ${values})`;
const change = (columns: string) => `UPDATE events SET ${columns} WHERE id = ${event.id}`;

const unique = "23505";
const foreignKey = "23503";
const check = "23514";
const appendOnly = "23000";

test.each([
  ["a second live claim on a sold ticket", unique, claim(holding.id, sold.id)],
  ["a second live claim on a held ticket", unique, claim(confirmed.id, held.id)],
  ["a claim on another event's ticket", foreignKey, claim(holding.id, foreign.id)],
  ["a claim by another event's booking", foreignKey, claim(holding.id, foreign.id, otherEvent.id)],
  ["a claim of no booking", foreignKey, claim(randomUUID(), free.id)],
  ["a ticket booked by nobody", check, book(free.id, "status = 'booked'")],
  ["a ticket booked without a booking", check, book(free.id, "status = 'booked', user_id = 'bob'")],
  [
    "a ticket booked without a user",
    check,
    book(free.id, `status = 'booked', booking_id = '${confirmed.id}'`),
  ],
  [
    "a ticket booked by a booking that is not there",
    foreignKey,
    book(free.id, `status = 'booked', user_id = 'bob', booking_id = '${randomUUID()}'`),
  ],
  [
    "a ticket booked by another event's booking",
    foreignKey,
    book(foreign.id, `status = 'booked', user_id = 'alice', booking_id = '${confirmed.id}'`),
  ],
  ["a sold ticket on sale that keeps its booking", check, book(sold.id, "status = 'available'")],
  ["a ticket in a state that is not stored", check, book(free.id, "status = 'held'")],
  ["a ticket with a negative price", check, book(free.id, "price = -1")],
  ["two tickets for one seat", unique, book(free.id, "seat = '1'")],
  ["a sold ticket's removal", foreignKey, `DELETE FROM tickets WHERE id = ${sold.id}`],
  ["a held ticket's removal", foreignKey, `DELETE FROM tickets WHERE id = ${held.id}`],
  ["an event's removal with bookings", foreignKey, `DELETE FROM events WHERE id = ${event.id}`],
  ["a confirmed booking without a time", check, booking("status", "'confirmed'")],
  ["a hold that was confirmed", check, booking("status, confirmed_at", "'held', now()")],
  ["a released hold without an end", check, booking("status", "'released'")],
  ["a hold that has ended", check, booking("status, ended_at", "'held', now()")],
  [
    "a hold beyond its hard cap",
    check,
    `UPDATE bookings SET expires_at = extendable_until + interval '1 s' WHERE id = '${holding.id}'`,
  ],
  ["a negative total", check, `UPDATE bookings SET total = -1 WHERE id = '${holding.id}'`],
  ["an event that ends before it begins", check, change("ends_at = starts_at")],
  ["an event in an unknown state", check, change("status = 'sold-out'")],
  ["a nameless event", check, change("name = ''")],
  ["an event without a limit", check, change("ticket_limit = 0")],
  ["an event's headliner that is not there", foreignKey, change("performer_id = 0")],
  [
    "a country that is no code",
    check,
    `UPDATE venues SET country = 'Mexico' WHERE id = ${event.venueId}`,
  ],
  [
    "a place beyond the pole",
    check,
    `UPDATE venues SET latitude = 90.1 WHERE id = ${event.venueId}`,
  ],
  ["a change of the audit log", appendOnly, "UPDATE audit_log SET actor = 'x'"],
  ["a removal from the audit log", appendOnly, "DELETE FROM audit_log"],
  ["emptying the audit log", appendOnly, "TRUNCATE audit_log"],
])("the database refuses %s", async (_name, code, statement) => {
  await expect(pool.query(statement)).rejects.toMatchObject({ code });
});

test("a claim that is not live any more makes room for the next one", async () => {
  const [ticket] = await insertTickets(db, event, { sections: ["B"], rows: 1, seatsPerRow: 1 });
  if (!ticket) throw new Error("no ticket");
  await pool.query(claim(holding.id, ticket.id));
  await pool.query("UPDATE booking_tickets SET live = false WHERE ticket_id = $1", [ticket.id]);
  await pool.query(claim(confirmed.id, ticket.id));
  const { rows } = await pool.query(
    "SELECT live FROM booking_tickets WHERE ticket_id = $1 ORDER BY live",
    [ticket.id],
  );
  expect(rows).toEqual([{ live: false }, { live: true }]);
});

test("of two transactions that claim a ticket at once, one succeeds", async () => {
  const [ticket] = await insertTickets(db, event, { sections: ["C"], rows: 1, seatsPerRow: 1 });
  if (!ticket) throw new Error("no ticket");
  const claims = [holding.id, confirmed.id].map((id) => pool.query(claim(id, ticket.id)));
  const outcomes = await Promise.allSettled(claims);
  expect(outcomes.map((it) => it.status).sort()).toEqual(["fulfilled", "rejected"]);
});
