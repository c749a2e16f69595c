import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { unpackStatuses } from "../../contracts/availability-bits.ts";
import { Availability, EventView } from "../../contracts/events.ts";
import { bookings } from "../../db/schema/bookings.ts";
import { events, performers, tickets, venues } from "../../db/schema/catalogue.ts";
import { insertEvent, insertPerformer, insertTickets } from "../../db/testing/factories.ts";
import { openRedis } from "../deps.ts";
import { createTestOrigin } from "../testing/test-origin.ts";

const origin = await createTestOrigin();
const { ask, asAdmin, deps } = origin;
const { db } = deps;
/** Where nothing listens. */
const deadRedis = openRedis("http://127.0.0.1:9", "none");
const withoutRedis = await createTestOrigin(() => ({ redis: deadRedis }));

async function readView(eventId: bigint, asked = ask) {
  const res = await asked(`/events/${eventId}`);
  expect(res.status).toBe(200);
  return { view: EventView.parse(await res.json()), etag: res.headers.get("ETag") ?? "", res };
}

async function lock(eventId: bigint, ticketId: bigint, forMs: number) {
  const member = String(ticketId);
  await deps.redis.zadd(`{${eventId}}:locks`, { score: Date.now() + forMs, member });
}

async function book(ticket: typeof tickets.$inferSelect) {
  const id = crypto.randomUUID();
  const at = new Date();
  const held = { id, eventId: ticket.eventId, userId: "alice", total: 1, currency: "GBP" };
  await db
    .insert(bookings)
    .values({ ...held, status: "confirmed", expiresAt: at, extendableUntil: at, confirmedAt: at });
  await db
    .update(tickets)
    .set({ status: "booked", userId: "alice", bookingId: id })
    .where(eq(tickets.id, ticket.id));
}

test("a view shows the event, its venue, all performers headliner first, and its tickets in order", async () => {
  const support = await insertPerformer(db, { name: "Support", alternateNames: ["The Support"] });
  const event = await insertEvent(db, { name: 'The "Big" Night' }, [support.id]);
  const made = await insertTickets(db, event, { sections: ['A "1"', "B\\ü"], rows: 2 });
  const { view } = await readView(event.id);
  expect(view.event).toMatchObject({
    id: String(event.id),
    name: 'The "Big" Night',
    status: "published",
    timeZone: "Europe/London",
    startsAt: event.startsAt.toISOString(),
    version: 1,
    admission: "open",
  });
  expect(view.venue).toMatchObject({ id: String(event.venueId), city: "London", capacity: 2000 });
  expect(view.performer.id).toBe(String(event.performerId));
  expect(view.performers.map(({ id }) => id)).toEqual([event.performerId, support.id].map(String));
  expect(view.performers[1]?.alternateNames).toEqual(["The Support"]);
  expect(view.tickets).toEqual(
    made.map(({ id, section, row, seat, price, currency }) => ({
      id: String(id),
      section,
      row,
      seat,
      price: { amount: price, currency },
      status: "available",
    })),
  );
  expect(view).not.toHaveProperty("heldKnown");
});

test("marks of a seat are true or absent", async () => {
  const event = await insertEvent(db);
  const [first] = await insertTickets(db, event, { rows: 1, seatsPerRow: 2 });
  await db
    .update(tickets)
    .set({ accessible: true, companion: true, restrictedView: true })
    .where(eq(tickets.id, first?.id ?? 0n));
  const { view } = await readView(event.id);
  expect(view.tickets?.[0]).toMatchObject({
    accessible: true,
    companion: true,
    restrictedView: true,
  });
  expect(Object.keys(view.tickets?.[1] ?? {})).toEqual([
    "id",
    "section",
    "row",
    "seat",
    "price",
    "status",
  ]);
});

test("held is an unexpired lock on an available ticket, and nobody's name is shown", async () => {
  const event = await insertEvent(db);
  const made = await insertTickets(db, event, { rows: 1, seatsPerRow: 5 });
  const [held, expired, booked, blocked] = made;
  if (!held || !expired || !booked || !blocked) throw new Error("too few tickets");
  await lock(event.id, held.id, 60_000);
  await lock(event.id, expired.id, -1);
  await book(booked);
  await lock(event.id, booked.id, 60_000);
  await db.update(tickets).set({ status: "blocked" }).where(eq(tickets.id, blocked.id));
  await lock(event.id, blocked.id, 60_000);
  const expected = ["held", "available", "booked", "blocked", "available"];

  const { view, res } = await readView(event.id);
  expect(view.tickets?.map(({ status }) => status)).toEqual(expected);
  expect(JSON.stringify(view)).not.toContain("alice");
  expect(res.headers.get("Cache-Control")).toBe("public, max-age=1");

  const answer = await ask(`/events/${event.id}/availability`);
  const availability = Availability.parse(await answer.json());
  expect(unpackStatuses(availability.statuses, 5)).toEqual(expected);
  expect(availability).toMatchObject({
    version: 1,
    counts: { available: 2, held: 1, booked: 1, blocked: 1 },
  });
});

test("without Redis tickets are shown all the same, and it is said that locks are not known", async () => {
  const event = await insertEvent(withoutRedis.deps.db);
  await insertTickets(withoutRedis.deps.db, event, { rows: 1, seatsPerRow: 2 });
  const { view } = await readView(event.id, withoutRedis.ask);
  expect(view.heldKnown).toBe(false);
  expect(view.tickets).toHaveLength(2);
  const answer = await withoutRedis.ask(`/events/${event.id}/availability`);
  expect(await answer.json()).toMatchObject({ heldKnown: false, counts: { available: 2 } });
});

test("an event without tickets has an empty list", async () => {
  const event = await insertEvent(db);
  expect((await readView(event.id)).view.tickets).toEqual([]);
  const answer = await ask(`/events/${event.id}/availability`);
  expect(await answer.json()).toMatchObject({ statuses: "", counts: { available: 0 } });
});

test("whoever has the current view gets a 304", async () => {
  const event = await insertEvent(db);
  await insertTickets(db, event);
  const { etag, res } = await readView(event.id);
  expect(res.headers.get("ETag")).toMatch(/^W\/"1-/);
  const again = await ask(`/events/${event.id}`, { headers: { "If-None-Match": `"x", ${etag}` } });
  expect([again.status, await again.text(), again.headers.get("ETag")]).toEqual([304, "", etag]);
});

test.each<[string, (event: typeof events.$inferSelect) => Promise<unknown>]>([
  ["a ticket is held", async (event) => lock(event.id, await firstTicket(event.id), 60_000)],
  [
    "a ticket is blocked",
    async (event) =>
      db
        .update(tickets)
        .set({ status: "blocked" })
        .where(eq(tickets.id, await firstTicket(event.id))),
  ],
  [
    "its venue is renamed",
    ({ venueId }) => db.update(venues).set({ name: "New Hall" }).where(eq(venues.id, venueId)),
  ],
  [
    "its performer is renamed",
    ({ performerId }) =>
      db.update(performers).set({ name: "New" }).where(eq(performers.id, performerId)),
  ],
  [
    "the event changes",
    ({ id }) =>
      db
        .update(events)
        .set({ version: sql`${events.version} + 1` })
        .where(eq(events.id, id)),
  ],
])("the tag of a view changes when %s", async (_what, change) => {
  const event = await insertEvent(db);
  await insertTickets(db, event);
  const { etag } = await readView(event.id);
  await change(event);
  const again = await ask(`/events/${event.id}`, { headers: { "If-None-Match": etag } });
  expect(again.status).toBe(200);
  expect(again.headers.get("ETag")).not.toBe(etag);
});

async function firstTicket(eventId: bigint): Promise<bigint> {
  const [row] = await db.select().from(tickets).where(eq(tickets.eventId, eventId)).limit(1);
  return row?.id ?? 0n;
}

test("a draft is there for administrators only, and is never public", async () => {
  const event = await insertEvent(db, { status: "draft" });
  for (const path of [`/events/${event.id}`, `/events/${event.id}/availability`]) {
    expect((await ask(path)).status).toBe(404);
    expect((await ask(path, { user: "bob" })).status).toBe(404);
    const seen = await asAdmin(path);
    expect([seen.status, seen.headers.get("Cache-Control")]).toEqual([200, "no-store"]);
  }
});

test("a cancelled event stays visible with its status", async () => {
  const event = await insertEvent(db, { status: "cancelled" });
  expect((await readView(event.id)).view.event.status).toBe("cancelled");
});

test("a queued event is viewable, its seats are not", async () => {
  const event = await insertEvent(db, { queueEnabled: true });
  await insertTickets(db, event);
  const { view, etag } = await readView(event.id);
  expect(view.event.admission).toBe("queue");
  expect(view.queue).toEqual({ required: true, join: `/events/${event.id}/queue` });
  expect(view).not.toHaveProperty("tickets");
  const again = await ask(`/events/${event.id}`, { headers: { "If-None-Match": etag } });
  expect(again.status).toBe(304);
  const seats = await ask(`/events/${event.id}/availability`);
  expect(seats.status).toBe(403);
  expect(await seats.json()).toMatchObject({
    code: "admission-required",
    queue: `/events/${event.id}/queue`,
  });
});

test.each(["0", "999999999", "9999999999999999999", "abc", "1.5", "%00", "-1"])(
  "event %s is not found",
  async (id) => {
    for (const path of [`/events/${id}`, `/events/${id}/availability`]) {
      const res = await ask(path);
      expect([res.status, await res.json()]).toMatchObject([404, { code: "not-found" }]);
    }
  },
);
