import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { asc, eq, sql } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { auditLog } from "../schema/bookings.ts";
import { events, performers, tickets, venues } from "../schema/catalogue.ts";
import { createTestDatabase } from "../testing/database.ts";
import { insertBooking } from "../testing/factories.ts";
import { importEvents } from "./import-events.ts";

const { database } = await createTestDatabase();
const { db, pool } = database;
const now = new Date("2026-01-01T00:00:00Z");

beforeEach(async () => {
  await pool.query(
    "TRUNCATE venues, performers, events, tickets, bookings RESTART IDENTITY CASCADE",
  );
});

const concert = (id: number, change: object = {}) => ({
  "@type": "MusicEvent",
  identifier: `c-${id}`,
  name: `Concert ${id}`,
  startDate: "2026-06-11T20:00:00+02:00",
  location: {
    name: "Halle",
    maximumAttendeeCapacity: 100,
    address: { addressLocality: "Köln", addressCountry: "DE" },
  },
  performer: { name: "Ébène & Oak", alternateName: ["Ebony"] },
  ...change,
});

const load = (items: unknown, options = {}) =>
  importEvents(database, JSON.stringify(items), { now, ...options });

async function readEvent(importKey: string) {
  const [event] = await db.select().from(events).where(eq(events.importKey, importKey));
  if (!event) throw new Error(`no event ${importKey}`);
  return event;
}

const readTickets = (eventId: bigint) =>
  db.select().from(tickets).where(eq(tickets.eventId, eventId)).orderBy(asc(tickets.id));

test("an event goes in with its venue, performers and a ticket for each seat", async () => {
  expect(await load(concert(1))).toEqual({
    created: 1,
    updated: 0,
    unchanged: 0,
    failed: 0,
    ignored: 0,
    tickets: 100,
    errors: [],
  });
  const event = await readEvent("identifier:c-1");
  expect(event).toMatchObject({
    name: "Concert 1",
    category: "Music",
    status: "published",
    startsAt: new Date("2026-06-11T18:00:00Z"),
    onSaleAt: now,
    version: 1,
  });
  expect(await db.select().from(venues)).toMatchObject([
    { name: "Halle", city: "Köln", country: "DE", timeZone: "Europe/Berlin", capacity: 100 },
  ]);
  expect(await db.select().from(performers)).toMatchObject([
    { id: event.performerId, name: "Ébène & Oak", alternateNames: ["Ebony"] },
  ]);
  expect(await db.select().from(auditLog)).toContainEqual(
    expect.objectContaining({
      actor: "import",
      action: "event.create",
      entityId: String(event.id),
    }),
  );
});

test("tickets stand in order, every row whole, the dearest first", async () => {
  await load(concert(1, { maximumAttendeeCapacity: 1_003 }));
  const made = await readTickets(1n);
  expect(made).toHaveLength(1_003);
  expect(made[0]).toMatchObject({ section: "101", row: "A", seat: "1", rowIndex: 0, seatIndex: 0 });
  expect(made[0]).toMatchObject({ price: 12_000, currency: "EUR", status: "available" });
  expect(made.at(-1)).toMatchObject({ price: 4_000, section: "203" });
  const places = made.map((it) => [it.section, it.rowIndex, it.seatIndex] as const);
  const sorted = places.toSorted(
    (a, b) => Number(a[0]) - Number(b[0]) || a[1] - b[1] || a[2] - b[2],
  );
  expect(places).toEqual(sorted);
  for (const row of Map.groupBy(made, (it) => `${it.section} ${it.row}`).values()) {
    expect(row.map((it) => it.seat)).toEqual(row.map((_, index) => String(index + 1)));
    expect(row.map((it) => it.seatIndex)).toEqual(row.map((_, index) => index));
  }
});

test("a second import of the same file changes nothing at all", async () => {
  const items = [concert(1), concert(2)];
  await load(items);
  const before = await pool.query("SELECT xmin, * FROM events ORDER BY id");
  const again = await load(items);
  expect(again).toMatchObject({ created: 0, updated: 0, unchanged: 2, tickets: 0 });
  expect((await pool.query("SELECT xmin, * FROM events ORDER BY id")).rows).toEqual(before.rows);
});

test("a second import brings new facts and keeps sold seats, tickets and what others added", async () => {
  await load([concert(1), concert(2)]);
  const sold = (await readTickets(1n)).slice(0, 3);
  await insertBooking(db, { eventId: 1n }, sold);
  await db.update(performers).set({ alternateNames: ["Ebony", "E&O"] });
  const report = await load([
    concert(1, {
      name: "Concert one",
      startDate: "2026-06-12T20:00:00+02:00",
      performer: ["Opener", { name: "Ébène & Oak", alternateName: "Oak" }],
    }),
    concert(2),
  ]);
  expect(report).toMatchObject({ created: 0, updated: 1, unchanged: 1, tickets: 0 });
  const event = await readEvent("identifier:c-1");
  expect(event).toMatchObject({ id: 1n, name: "Concert one", version: 2 });
  expect(event.startsAt.toISOString()).toBe("2026-06-12T18:00:00.000Z");
  const after = await readTickets(1n);
  expect(after).toHaveLength(100);
  expect(after.filter((it) => it.status === "booked").map((it) => it.id)).toEqual(
    sold.map((it) => it.id),
  );
  const { rows } = await pool.query(
    `SELECT name, position, alternate_names FROM event_performers JOIN performers ON id = performer_id
     WHERE event_id = 1 ORDER BY position`,
  );
  expect(rows).toEqual([
    { name: "Opener", position: 0, alternate_names: [] },
    { name: "Ébène & Oak", position: 1, alternate_names: ["Ebony", "E&O", "Oak"] },
  ]);
});

test("what a source does not say stays: on-sale time, coordinates, zone", async () => {
  const location = { ...concert(1).location, geo: { latitude: 19.3, longitude: -99.15 } };
  await load(concert(1, { location, offers: { validFrom: "2026-02-01T00:00:00Z" } }));
  await load(concert(1, { name: "Renamed" }));
  expect((await readEvent("identifier:c-1")).onSaleAt.toISOString()).toBe(
    "2026-02-01T00:00:00.000Z",
  );
  expect(await db.select().from(venues)).toMatchObject([
    { latitude: 19.3, timeZone: "America/Mexico_City" },
  ]);
});

test("a larger room adds seats beside the old ones, a smaller one takes none away", async () => {
  await load(concert(1));
  expect(await load(concert(1, { maximumAttendeeCapacity: 260 }))).toMatchObject({ tickets: 160 });
  expect((await readEvent("identifier:c-1")).version).toBe(2);
  expect(await load(concert(1, { maximumAttendeeCapacity: 50 }))).toMatchObject({ tickets: 0 });
  expect(await readTickets(1n)).toHaveLength(260);
});

test("seats that somebody else made stay alone", async () => {
  await load(concert(1));
  await pool.query("UPDATE tickets SET section = 'Balcony' WHERE section = '101'");
  expect(await load(concert(1, { maximumAttendeeCapacity: 500 }))).toMatchObject({ tickets: 0 });
});

test("a new price reaches the seats that nobody has", async () => {
  const priced = (price: number) => concert(1, { offers: { price, priceCurrency: "EUR" } });
  await load(priced(10));
  const [sold, held, ...free] = await readTickets(1n);
  if (!sold || !held) throw new Error("no tickets");
  await insertBooking(db, { eventId: 1n }, [sold]);
  await insertBooking(db, { eventId: 1n, status: "held" }, [held]);
  expect(await load(priced(12))).toMatchObject({ updated: 1 });
  const prices = (await readTickets(1n)).map((it) => it.price);
  expect(prices).toEqual([1_000, 1_000, ...free.map(() => 1_200)]);
});

test("a currency does not change under tickets", async () => {
  await load(concert(1));
  const other = { offers: { price: 10, priceCurrency: "USD" } };
  expect(await load([concert(1, other), concert(2)])).toMatchObject({
    created: 1,
    failed: 1,
    errors: [{ line: 1, path: "$[0].offers.priceCurrency" }],
  });
});

test("a cancelled event is never put on sale again by an import", async () => {
  await load(concert(1));
  await load(concert(1, { eventStatus: "EventCancelled" }));
  expect((await readEvent("identifier:c-1")).status).toBe("cancelled");
  await load(concert(1));
  expect((await readEvent("identifier:c-1")).status).toBe("cancelled");
});

test("bad items are told by line and path, and the good ones go in", async () => {
  const text = [
    "[",
    `${JSON.stringify(concert(1))},`,
    `${JSON.stringify(concert(2, { startDate: "soon", name: "" }))},`,
    `${JSON.stringify(concert(1, { name: "again" }))},`,
    JSON.stringify(concert(3)),
    "]",
  ].join("\n");
  const report = await importEvents(database, text, { now });
  expect(report).toMatchObject({ created: 2, failed: 2, tickets: 200 });
  expect(report.errors.map(({ line, path }) => [line, path])).toEqual([
    [3, "$[1].name"],
    [3, "$[1].startDate"],
    [4, "$[2].identifier"],
  ]);
});

test("an item that the database refuses leaves nothing of itself behind, and the others go in", async () => {
  await pool.query(
    `CREATE FUNCTION refuse_seats() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       RAISE EXCEPTION 'no' USING ERRCODE = 'check_violation'; END $$;
     CREATE TRIGGER refuse BEFORE INSERT ON tickets FOR EACH ROW WHEN (new.price = 4242)
       EXECUTE FUNCTION refuse_seats()`,
  );
  const refused = concert(2, {
    offers: { price: 42.42, priceCurrency: "EUR" },
    performer: "Nobody Else",
  });
  const report = await load([concert(1), refused, concert(3)]);
  await pool.query("DROP TRIGGER refuse ON tickets");
  expect(report).toMatchObject({
    created: 2,
    failed: 1,
    errors: [{ line: 1, path: "$[1]", message: expect.stringContaining("23514") }],
  });
  expect(await db.$count(events)).toBe(2);
  expect(await db.$count(performers, eq(performers.name, "Nobody Else"))).toBe(0);
});

test("nodes of a graph are there for events to refer to", async () => {
  const graph = {
    "@context": "https://schema.org",
    "@graph": [
      { ...concert(1).location, "@type": "Place", "@id": "#halle" },
      concert(1, { location: { "@id": "#halle" } }),
    ],
  };
  expect(await load(graph)).toMatchObject({ created: 1, ignored: 1, failed: 0, tickets: 100 });
});

test("two imports at once make each event once", async () => {
  const items = Array.from({ length: 20 }, (_, index) => concert(index));
  const reports = await Promise.all([load(items), load(items.toReversed())]);
  expect(reports.map((it) => it.created).sort()).toEqual([0, 20]);
  expect(await db.$count(events)).toBe(20);
  expect(await db.$count(tickets)).toBe(2_000);
});

test("progress is told batch by batch, up to the end", async () => {
  const told: number[] = [];
  const items = Array.from({ length: 120 }, (_, index) =>
    concert(index, { maximumAttendeeCapacity: 2 }),
  );
  await load(items, { onProgress: ({ events: done }: { events: number }) => told.push(done) });
  expect(told).toEqual([100, 120]);
});

const programme = join(import.meta.dirname, "../../../shared/data/worldcup-2026.jsonld");
test.skipIf(!existsSync(programme))("a real season of 104 matches goes in whole", async () => {
  const text = readFileSync(programme, "utf8");
  const report = await importEvents(database, text, { now, daysLater: 1_461 });
  expect(report).toMatchObject({ created: 104, failed: 0, tickets: 208_000 });
  const first = await readEvent("identifier:worldcup-2026-001");
  expect(first.startsAt.toISOString()).toBe("2030-06-11T19:00:00.000Z");
  const zones = await db.execute(
    sql`SELECT count(DISTINCT id)::int AS venues, count(DISTINCT time_zone)::int AS zones FROM venues`,
  );
  expect(zones).toMatchObject({ rows: [{ venues: 16, zones: 7 }] });
});
