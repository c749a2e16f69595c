import { expect, test } from "vitest";
import { BookingId } from "../contracts/ids.ts";
import { largestSeats } from "./programme/programme.ts";
import { seedProgramme } from "./seed.ts";
import { createTestDatabase } from "./testing/database.ts";

const { database } = await createTestDatabase();
const { pool } = database;
const now = new Date("2026-11-23T12:00:00Z");

const progress: number[] = [];
const made = await Promise.all([
  seedProgramme(database, { now, onProgress: ({ events }) => progress.push(events) }),
  seedProgramme(database, { now }),
]);

async function count(query: string): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(`SELECT count(*)::int AS n ${query}`);
  return rows[0]?.n ?? -1;
}

test("of two processes that seed at once, one does, and so it is for later ones", async () => {
  const [events, tickets] = [await count("FROM events"), await count("FROM tickets")];
  expect(made.map((it) => it.events).sort()).toEqual([0, events].sort());
  expect(Math.max(...made.map((it) => it.tickets))).toBe(tickets);
  expect(await seedProgramme(database, { now })).toEqual({ events: 0, tickets: 0 });
  expect(await count("FROM events")).toBe(events);
});

test("progress is told up to the last event, if anything was done", () => {
  expect(progress.at(-1) ?? made[0].events).toBe(made[0].events);
  expect(progress).toEqual(progress.toSorted((a, b) => a - b));
});

test("one event has 60,000 seats", async () => {
  const { rows } = await pool.query(
    "SELECT count(*)::int AS n FROM tickets GROUP BY event_id ORDER BY n DESC LIMIT 2",
  );
  expect(rows[0]).toEqual({ n: largestSeats });
  expect((rows[1] as { n: number }).n).toBeLessThanOrEqual(2_000);
});

test("every sold ticket has its confirmed booking and its live claim, and nothing else has", async () => {
  expect(await count("FROM tickets WHERE status = 'booked'")).toBeGreaterThan(5_000);
  const orphans = `FROM tickets t
    LEFT JOIN bookings b ON (b.id, b.event_id) = (t.booking_id, t.event_id)
    LEFT JOIN booking_tickets c ON c.ticket_id = t.id AND c.live
    WHERE (t.status = 'booked') <> coalesce(b.status = 'confirmed' AND b.user_id = t.user_id
                                            AND c.booking_id = b.id AND c.price = t.price, false)`;
  expect(await count(orphans)).toBe(0);
});

test("bookings add up, keep to the limit and were made when the event was on sale", async () => {
  const wrong = `FROM bookings b JOIN events e ON e.id = b.event_id,
    LATERAL (SELECT sum(price) AS total, count(*) AS n FROM booking_tickets WHERE booking_id = b.id) AS claims
    WHERE claims.total IS DISTINCT FROM b.total OR claims.n > e.ticket_limit
       OR b.created_at < e.on_sale_at OR b.confirmed_at > '${now.toISOString()}'`;
  expect(await count(wrong)).toBe(0);
  const { rows } = await pool.query<{ id: string }>("SELECT id FROM bookings LIMIT 100");
  expect(rows.filter(({ id }) => !BookingId.safeParse(id).success)).toEqual([]);
});

test("sold-out events have no seat left, others have some", async () => {
  const byLeft = `FROM (SELECT count(*) FILTER (WHERE t.status = 'available') AS left_over
    FROM events e JOIN tickets t ON t.event_id = e.id
    WHERE e.status = 'published' AND e.starts_at > '${now.toISOString()}' GROUP BY e.id) AS shop`;
  expect(await count(`${byLeft} WHERE left_over = 0`)).toBeGreaterThanOrEqual(4);
  expect(await count(`${byLeft} WHERE left_over BETWEEN 1 AND 20`)).toBeGreaterThanOrEqual(5);
  expect(await count(`${byLeft} WHERE left_over > 20`)).toBeGreaterThan(200);
  expect(await count("FROM tickets WHERE status = 'blocked'")).toBeGreaterThan(20);
  expect(await count("FROM tickets WHERE accessible")).toBeGreaterThan(300);
});
