import { eq, inArray, sql } from "drizzle-orm";
import * as z from "zod";
import { coarseAvailability, type FoundEvent } from "../../../contracts/search.ts";
import type { Db } from "../../../db/client.ts";
import { events, performers, venues } from "../../../db/schema/catalogue.ts";
import { withTransaction } from "../../../db/transaction.ts";
import { toEvent } from "../read-head.ts";

/** Prices are within 2^53 by the contracts, but drivers give 64 bits as text. */
const Seats = z.array(
  z.object({
    id: z.string(),
    available: z.int(),
    sellable: z.int(),
    least: z.coerce.number().nullable(),
    most: z.coerce.number().nullable(),
    currency: z.string().nullable(),
  }),
);

/** Reads what a search shows of events, in the order of `ids`. */
export async function readFound(db: Db, ids: readonly string[]): Promise<FoundEvent[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .select({ event: events, venue: venues, performer: performers })
    .from(events)
    .innerJoin(venues, eq(venues.id, events.venueId))
    .innerJoin(performers, eq(performers.id, events.performerId))
    .where(inArray(events.id, ids.map(BigInt)));
  const seats = await readSeats(db, ids);
  const byId = new Map(rows.map((row) => [String(row.event.id), row]));
  return ids.flatMap((id) => {
    const row = byId.get(id);
    return row ? [toFound(row, seats.get(id))] : [];
  });
}

function toFound(
  row: {
    readonly event: typeof events.$inferSelect;
    readonly venue: typeof venues.$inferSelect;
    readonly performer: typeof performers.$inferSelect;
  },
  seats: z.infer<typeof Seats>[number] | undefined,
): FoundEvent {
  const { event, venue, performer } = row;
  const hasPrice = seats && seats.least !== null && seats.most !== null && seats.currency !== null;
  return {
    ...toEvent(event, venue.timeZone),
    venue: { id: String(venue.id), name: venue.name, city: venue.city, country: venue.country },
    performer: { id: String(performer.id), name: performer.name },
    priceRange: hasPrice
      ? { min: seats.least ?? 0, max: seats.most ?? 0, currency: seats.currency ?? "" }
      : null,
    availability: coarseAvailability(seats?.available ?? 0, seats?.sellable ?? 0),
  };
}

/**
 * An event has one currency, so any ticket tells which. Tickets are counted through their index even where the planner
 * expects so many of each event that it would rather read the whole table for every one (decision 0143).
 */
async function readSeats(db: Db, ids: readonly string[]) {
  const seats = sql`
    SELECT given.id::text, seats.*, (SELECT currency FROM tickets WHERE event_id = given.id LIMIT 1) AS currency
    FROM unnest(${`{${ids.join(",")}}`}::bigint[]) AS given (id), LATERAL (
      SELECT (count(*) FILTER (WHERE status = 'available'))::int AS available,
             (count(*) FILTER (WHERE status <> 'blocked'))::int AS sellable,
             min(price) FILTER (WHERE status <> 'blocked') AS least,
             max(price) FILTER (WHERE status <> 'blocked') AS most
      FROM tickets WHERE event_id = given.id
    ) AS seats`;
  const result = await withTransaction(db, async (tx) => {
    await tx.execute(sql`SET LOCAL enable_seqscan = off`);
    return tx.execute(seats);
  });
  const rows = Seats.parse((result as { rows: unknown }).rows);
  return new Map(rows.map((row) => [row.id, row]));
}
