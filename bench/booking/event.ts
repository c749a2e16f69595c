import type pg from "pg";

export interface BenchEvent {
  readonly id: string;
  /** In an order in which neighbours of a booking sit together. */
  readonly ticketIds: readonly string[];
}

/** Puts an event with named seats on sale: rows of 50 in sections of 20 rows. */
export async function makeEvent(pool: pg.Pool, name: string, seats: number): Promise<BenchEvent> {
  const { rows } = await pool.query<{ id: string }>(
    `WITH venue AS (INSERT INTO venues (name, city, country, time_zone) VALUES ('Bench Hall', 'London', 'GB', 'UTC') RETURNING id),
          performer AS (INSERT INTO performers (name) VALUES ('The Loads') RETURNING id)
     INSERT INTO events (venue_id, performer_id, name, status, starts_at, ends_at, on_sale_at)
     SELECT venue.id, performer.id, $1, 'published', now() + interval '30 days', now() + interval '31 days', now() - interval '1 day'
     FROM venue, performer RETURNING id::text`,
    [name],
  );
  const id = rows[0]?.id ?? "";
  const made = await pool.query<{ id: string }>(
    `INSERT INTO tickets (event_id, section, "row", seat, row_index, seat_index, price, currency)
     SELECT $1, 'S' || n / 1000, 'R' || n % 1000 / 50, n % 50 + 1, n % 1000 / 50, n % 50, 5000, 'GBP'
     FROM generate_series(0, $2::int - 1) n ORDER BY n RETURNING id::text`,
    [id, seats],
  );
  // As autovacuum would have it after an import.
  await pool.query("VACUUM ANALYZE tickets");
  // It was made long ago: what that wrote is on the disk, and not on its way there while the event is sold.
  await pool.query("CHECKPOINT");
  return { id, ticketIds: made.rows.map((row) => row.id) };
}

/**
 * Looks for tickets that more than one booking has, by other ways than the constraints that should prevent them.
 * @returns how many there are; must be 0
 */
export async function countDoubleBookings(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ wrong: string }>(
    `SELECT (SELECT count(*) FROM (
               SELECT c.ticket_id FROM booking_tickets c JOIN bookings b ON b.id = c.booking_id
               WHERE b.status = 'confirmed' GROUP BY c.ticket_id HAVING count(*) > 1) twice)
          + (SELECT count(*) FROM tickets t WHERE t.status = 'booked' AND NOT EXISTS (
               SELECT FROM booking_tickets c JOIN bookings b ON b.id = c.booking_id
               WHERE c.ticket_id = t.id AND b.id = t.booking_id AND b.status = 'confirmed' AND b.user_id = t.user_id))
          + (SELECT count(*) FROM bookings b JOIN booking_tickets c ON c.booking_id = b.id JOIN tickets t ON t.id = c.ticket_id
             WHERE b.status = 'confirmed' AND (t.status <> 'booked' OR t.booking_id <> b.id)) AS wrong`,
  );
  return Number(rows[0]?.wrong);
}

/** How many transactions the database has ended so far. */
export async function countTransactions(pool: pg.Pool): Promise<number> {
  await pool.query("SELECT pg_stat_clear_snapshot()");
  const { rows } = await pool.query<{ n: string }>(
    "SELECT xact_commit + xact_rollback AS n FROM pg_stat_database WHERE datname = current_database()",
  );
  return Number(rows[0]?.n);
}
