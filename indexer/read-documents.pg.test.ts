import { expect, test } from "vitest";
import { createTestDatabase } from "../db/testing/database.ts";
import { insertEvent } from "../db/testing/factories.ts";
import { documentsSql, readDocuments } from "./read-documents.ts";

const { database } = await createTestDatabase();
const { pool } = database;
const { venueId, performerId } = await insertEvent(database.db);
await pool.query(
  `INSERT INTO events (venue_id, performer_id, name, status, starts_at, ends_at, on_sale_at)
   SELECT $1, $2, 'Evening ' || n, 'published', now() + interval '9 days', now() + interval '10 days', now()
   FROM generate_series(2, 2000) n`,
  [venueId, performerId],
);
// A few events have all the tickets there are, as on the first day of a season.
await pool.query(
  `INSERT INTO tickets (event_id, section, "row", seat, row_index, seat_index, price, currency, status)
   SELECT id, 'A', (s / 100)::text, (s % 100)::text, s / 100, s % 100, 100 + s,
          CASE WHEN s % 10 = 0 THEN 'EUR' ELSE 'GBP' END, CASE WHEN s % 4 = 0 THEN 'blocked' ELSE 'available' END
   FROM events, generate_series(0, 999) s WHERE id <= 100`,
);
await pool.query("VACUUM ANALYZE tickets, events");

test("events without tickets are read without reading everybody's tickets", async () => {
  const { rows: later } = await pool.query<{ id: string }>(
    "SELECT id::text FROM events WHERE id > 1000 ORDER BY events.id LIMIT 500",
  );
  const { rows } = await pool.query<{ "QUERY PLAN": string }>(`EXPLAIN ${documentsSql}`, [
    later.map((row) => row.id),
  ]);
  const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
  expect(plan.split("\n").filter((line) => / on tickets /.test(line))).toEqual([
    expect.stringMatching(/^ *-> +(Index|Bitmap)/),
  ]);
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
