import { sql } from "drizzle-orm";
import * as z from "zod";
import type { Db } from "../../db/client.ts";
import { rowsOf } from "../bookings/call-function.ts";

const Counted = z.object({
  available: z.int(),
  held: z.int(),
  min: z.coerce.number().nullable(),
  max: z.coerce.number().nullable(),
  currency: z.string().nullable(),
});

export interface SeatStock {
  readonly available: number;
  /** In unexpired holds. */
  readonly held: number;
  /** Of the seats left, in minor units; none when nothing is left, or prices are in several currencies. */
  readonly priceRange: {
    readonly min: number;
    readonly max: number;
    readonly currency: string;
  } | null;
}

/** What is left to sell of an event, by the database's clock. */
export async function readStock(db: Db, event: string): Promise<SeatStock> {
  const [row] = rowsOf(
    await db.execute(sql`
      WITH held AS (
        SELECT c.ticket_id FROM bookings b JOIN booking_tickets c ON c.booking_id = b.id AND c.live
        WHERE b.event_id = ${event} AND b.status = 'held' AND b.expires_at > now())
      SELECT count(*) FILTER (WHERE h.ticket_id IS NULL)::int AS available,
             count(h.ticket_id)::int AS held,
             min(price) FILTER (WHERE h.ticket_id IS NULL) AS min,
             max(price) FILTER (WHERE h.ticket_id IS NULL) AS max,
             CASE WHEN count(DISTINCT currency) = 1 THEN min(currency) END AS currency
      FROM tickets t LEFT JOIN held h ON h.ticket_id = t.id
      WHERE t.event_id = ${event} AND t.status = 'available'`),
  );
  const { available, held, min, max, currency } = Counted.parse(row);
  const isPriced = min !== null && max !== null && currency !== null;
  return { available, held, priceRange: isPriced ? { min, max, currency } : null };
}
