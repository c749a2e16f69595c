import { sql } from "drizzle-orm";
import type { Db } from "../client.ts";

export interface Sale {
  readonly eventId: bigint;
  /** 0 to 1 */
  readonly soldShare: number;
  /** 0 to 1 */
  readonly blockedShare: number;
}

/**
 * Sells parts of events through real bookings: groups of up to four neighbours, each a confirmed booking of its own
 * user with its claims. Which groups are sold follows from the event's key and the seats, so it is the same each time.
 * @param now bookings were made in the twenty days before it
 */
export async function sellTickets(tx: Db, sales: readonly Sale[], now: Date): Promise<void> {
  const given = JSON.stringify(
    sales
      .filter(({ soldShare, blockedShare }) => soldShare > 0 || blockedShare > 0)
      .map(({ eventId, ...shares }) => ({ event: String(eventId), ...shares })),
  );
  // Version 8 and variant 1 of RFC 9562: a UUID whose other bits are anyone's own, here of the hash.
  await tx.execute(sql`
    WITH grouped AS (
      SELECT t.id, t.event_id, t.price, t.currency, "soldShare" AS share, "blockedShare" AS blocked,
             md5(concat_ws('|', e.import_key, t.section, t.row_index, t.seat_index / 4)) AS hash
      FROM jsonb_to_recordset(${given}::jsonb) AS given (event bigint, "soldShare" float8, "blockedShare" float8)
      JOIN events AS e ON e.id = event
      JOIN tickets AS t ON t.event_id = e.id),
    placed AS MATERIALIZED (
      SELECT *, ('x' || left(hash, 6))::bit(24)::int / 16777216.0::float8 AS place FROM grouped),
    sold AS MATERIALIZED (
      SELECT *, overlay(overlay(hash PLACING '8' FROM 13) PLACING 'a' FROM 17)::uuid AS booking,
             'guest-' || left(hash, 10) AS guest
      FROM placed WHERE place < share),
    made AS (
      INSERT INTO bookings (id, event_id, user_id, status, total, currency, created_at, expires_at, extendable_until,
                            confirmed_at)
      SELECT booking, event_id, guest, 'confirmed', sum(price), currency, at, at + interval '10 minutes',
             at + interval '30 minutes', at + interval '3 minutes'
      FROM sold, LATERAL (SELECT ${now.toISOString()}::timestamptz - interval '1 day' - place * interval '19 days' AS at)
      GROUP BY booking, event_id, guest, currency, at),
    claimed AS (
      INSERT INTO booking_tickets (booking_id, ticket_id, event_id, price)
      SELECT booking, id, event_id, price FROM sold)
    UPDATE tickets AS t SET
      status = CASE WHEN booking IS NULL THEN 'blocked' ELSE 'booked' END, user_id = guest, booking_id = booking
    FROM placed LEFT JOIN sold USING (id)
    WHERE placed.id = t.id AND (booking IS NOT NULL OR placed.place >= 1 - placed.blocked)`);
}
