import type pg from "pg";
import { expect, test } from "vitest";
import type { Database } from "../db/client.ts";
import { createTestDatabase } from "../db/testing/database.ts";
import { insertEvent } from "../db/testing/factories.ts";
import { documentsSql, readDocuments, readSettings } from "./read-documents.ts";

const { database } = await createTestDatabase();
const { pool } = database;
await insertEvents(database, 2_000);
// A few events have all the tickets there are, as on the first day of a season.
await insertTickets(database, { events: 100, seats: 1_000 });
await pool.query("VACUUM ANALYZE tickets, events");

/** Which scan of tickets the database chooses for a page of events that have none. */
async function scanOfTickets(db: pg.Pool): Promise<string[]> {
  const { rows: later } = await db.query<{ id: string }>(
    "SELECT id::text FROM events WHERE id > 1000 ORDER BY events.id LIMIT 500",
  );
  const client = await db.connect();
  try {
    await client.query(`BEGIN; ${readSettings}`);
    const { rows } = await client.query<{ "QUERY PLAN": string }>(`EXPLAIN ${documentsSql}`, [
      later.map((row) => row.id),
    ]);
    return rows.map((row) => row["QUERY PLAN"]).filter((line) => / on tickets /.test(line));
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

const throughIndex = [expect.stringMatching(/^ *-> +(Index|Bitmap)/)];

test("events without tickets are read without reading everybody's tickets", async () => {
  expect(await scanOfTickets(pool)).toEqual(throughIndex);
});

test("nor are they where two stadiums have all tickets, not yet vacuumed", async () => {
  const { database: stadiums } = await createTestDatabase();
  await insertEvents(stadiums, 2_000);
  await insertTickets(stadiums, { events: 2, seats: 60_000 });
  await stadiums.pool.query("ANALYZE tickets, events");
  expect(await scanOfTickets(stadiums.pool)).toEqual(throughIndex);
});

test("seats are counted by currency; the range of prices is that of the one most tickets are in", async () => {
  const read = await readDocuments(pool, { ids: ["7", "1500"], xids: [], revOf: () => 1 });
  const documents = read.status === "read" ? [...read.projections.values()] : [];
  expect(documents.map((it) => it.status === "document" && it.document)).toEqual([
    expect.objectContaining({
      id: "7",
      available: 750,
      currency: "GBP",
      min_price: 101,
      max_price: 1_099,
      availability: "available",
    }),
    expect.objectContaining({ id: "1500", available: 0, currency: "" }),
  ]);
});

async function insertEvents(given: Database, count: number): Promise<void> {
  const { venueId, performerId } = await insertEvent(given.db);
  await given.pool.query(
    `INSERT INTO events (venue_id, performer_id, name, status, starts_at, ends_at, on_sale_at)
     SELECT $1, $2, 'Evening ' || n, 'published', now() + interval '9 days', now() + interval '10 days', now()
     FROM generate_series(2, $3::int) n`,
    [venueId, performerId, count],
  );
}

/** Some are blocked, some cost another currency. */
async function insertTickets(
  given: Database,
  { events, seats }: { events: number; seats: number },
): Promise<void> {
  await given.pool.query(
    `INSERT INTO tickets (event_id, section, "row", seat, row_index, seat_index, price, currency, status)
     SELECT id, 'A', (s / 100)::text, (s % 100)::text, s / 100, s % 100, 100 + s,
            CASE WHEN s % 10 = 0 THEN 'EUR' ELSE 'GBP' END, CASE WHEN s % 4 = 0 THEN 'blocked' ELSE 'available' END
     FROM events, generate_series(0, $2::int - 1) s WHERE id <= $1`,
    [events, seats],
  );
}
