import type { Database } from "../../db/client.ts";

/**
 * A catalogue straight from SQL: `count` published events at 50 venues by 500 performers. Their names are two of 2,000
 * words, so that a word is found a hundred times among 100,000 events, as in real programmes.
 */
export async function insertCatalogue(database: Database, count: number): Promise<void> {
  const word = (n: string) => `substr(md5((${n})::text), 1, 7)`;
  await database.pool.query(`
    INSERT INTO venues (name, city, country, time_zone)
      SELECT ${word("n")} || ' hall', ${word("n % 20")}, 'GB', 'Europe/London' FROM generate_series(1, 50) n;
    INSERT INTO performers (name, alternate_names)
      SELECT ${word("5000 + n")} || ' ' || ${word("6000 + n")}, ARRAY[${word("7000 + n")}]
      FROM generate_series(1, 500) n;
    INSERT INTO events (venue_id, performer_id, name, description, category, status, starts_at, ends_at, on_sale_at)
      SELECT 1 + n % 50, 1 + n % 500, ${word("n * 7 % 2000")} || ' ' || ${word("n * 13 % 1999")},
             'A benchmark evening', 'Music', 'published', now() + n % 300 * interval '1 day' + interval '1 day',
             now() + n % 300 * interval '1 day' + interval '27 hours', now()
      FROM generate_series(1, ${count}) n;
    INSERT INTO event_performers (event_id, performer_id, position)
      SELECT id, performer_id, 0 FROM events ON CONFLICT DO NOTHING;`);
}

/** Seats for events `from` to `to`. */
export async function insertSeats(
  database: Database,
  from: number,
  to: number,
  seats: number,
): Promise<void> {
  await database.pool.query(
    `INSERT INTO tickets (event_id, section, "row", seat, row_index, seat_index, price, currency)
     SELECT e, 'A', (s / 100)::text, (s % 100)::text, s / 100, s % 100, 5000, 'GBP'
     FROM generate_series($1::int, $2::int) e, generate_series(0, $3::int - 1) s`,
    [from, to, seats],
  );
}

/**
 * A venue with `count` events.
 * @returns its id
 */
export async function insertVenueOf(database: Database, count: number): Promise<string> {
  const { rows } = await database.pool.query<{ id: string }>(
    `WITH venue AS (
       INSERT INTO venues (name, city, country, time_zone)
       VALUES ('The venue', 'London', 'GB', 'Europe/London') RETURNING id
     ), made AS (
       INSERT INTO events (venue_id, performer_id, name, category, status, starts_at, ends_at, on_sale_at)
       SELECT venue.id, 1 + n % 500, 'Season ' || n, 'Music', 'published', now() + interval '9 days',
              now() + interval '10 days', now()
       FROM venue, generate_series(1, $1::int) n
     )
     SELECT id::text FROM venue`,
    [count],
  );
  return rows[0]?.id ?? "";
}
