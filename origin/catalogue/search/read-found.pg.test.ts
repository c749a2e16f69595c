import { expect, test } from "vitest";
import { createTestDatabase } from "../../../db/testing/database.ts";
import { insertEvent } from "../../../db/testing/factories.ts";
import { readFound } from "./read-found.ts";

const { database } = await createTestDatabase({ poolSize: 1 });
const { db, pool } = database;

test("what a page of events shows of seats is read without reading everybody's, where one stadium has them all", async () => {
  const stadium = await insertEvent(db);
  const others = await Promise.all(Array.from({ length: 20 }, () => insertEvent(db)));
  await pool.query(
    `INSERT INTO tickets (event_id, section, "row", seat, row_index, seat_index, price, currency)
     SELECT $1, 'A', (s / 100)::text, (s % 100)::text, s / 100, s % 100, 100 + s, 'GBP'
     FROM generate_series(0, 59999) s`,
    [stadium.id],
  );
  await pool.query("ANALYZE tickets, events");
  const before = await wholeReads();
  const found = await readFound(
    db,
    [...others, stadium].map((event) => String(event.id)),
  );
  expect(await wholeReads()).toBe(before);
  expect(found).toHaveLength(21);
  expect(found.at(-1)).toMatchObject({
    availability: "available",
    priceRange: { min: 100, max: 60_099, currency: "GBP" },
  });
  expect(found[0]?.priceRange).toBeNull();
});

/** How often the whole table of tickets was read; a session counts for itself until it is told to say so. */
async function wholeReads(): Promise<number> {
  await pool.query("SELECT pg_stat_force_next_flush()");
  const { rows } = await pool.query<{ count: number }>(
    "SELECT seq_scan::int AS count FROM pg_stat_user_tables WHERE relname = 'tickets'",
  );
  return rows[0]?.count ?? Number.NaN;
}
