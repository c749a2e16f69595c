import { sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { queryRows } from "../rows.ts";
import { FactError, type EventFacts, type SeatSection } from "./facts.ts";
import { rowName, seatMap } from "./seat-map.ts";

/** The seats that an event has of a section, before an import. */
export interface StoredSection {
  readonly name: string;
  readonly seats: number;
  readonly currency: string;
}

export interface SeatChanges {
  readonly added: readonly SeatSection[];
  /** Sections whose unsold tickets get the source's price. */
  readonly repriced: readonly SeatSection[];
}

/**
 * Decides what an import does to an event's tickets. It only ever adds: a smaller room loses no seat, since seats may
 * be sold, and a map that was not made by an import stays as somebody made it.
 * @throws FactError when the source's currency is another than that of the tickets
 */
export function seatChanges(
  stored: readonly StoredSection[],
  facts: Pick<EventFacts, "seats" | "prices" | "pricesGiven" | "currency">,
): SeatChanges {
  const { seats, prices, pricesGiven, currency } = facts;
  const [first] = stored;
  if (!first) return { added: seatMap(seats, prices), repriced: [] };
  if (pricesGiven && first.currency !== currency) {
    const message = `must stay ${first.currency}: the event's tickets have that currency`;
    throw new FactError(["offers", "priceCurrency"], message);
  }
  const total = stored.reduce((sum, section) => sum + section.seats, 0);
  const generated = seatMap(total, prices);
  if (!sameSections(stored, generated)) return { added: [], repriced: [] };
  return {
    added: first.currency === currency ? seatMap(seats - total, prices, tierAfter(generated)) : [],
    repriced: pricesGiven ? generated : [],
  };
}

function sameSections(stored: readonly StoredSection[], generated: readonly SeatSection[]) {
  const seatsOf = new Map(stored.map((it) => [it.name, it.seats]));
  return (
    stored.length === generated.length && generated.every((it) => seatsOf.get(it.name) === it.seats)
  );
}

function tierAfter(sections: readonly SeatSection[]): number {
  return 1 + Math.max(...sections.map((it) => Math.floor(Number(it.name) / 100)));
}

/** Sections with the event that they belong to. */
export interface EventSections {
  readonly eventId: bigint;
  readonly currency: string;
  readonly sections: readonly SeatSection[];
}

/**
 * Inserts a ticket for every seat, of all events in one statement: 2,000 seats are a few lines of description. Ids
 * follow the ticket order: event, section, row, seat.
 * @param options.accessible the first two seats of every section's first row become a wheelchair space and its
 * companion's seat
 * @returns how many were inserted
 */
export async function insertTickets(
  tx: Db,
  events: readonly EventSections[],
  options: { readonly accessible: boolean } = { accessible: false },
): Promise<number> {
  const given = events.flatMap(({ eventId, currency, sections }) =>
    sections.map((it) => ({ event: String(eventId), currency, ...it })),
  );
  if (given.length === 0) return 0;
  const rowNames = Array.from({ length: Math.max(...given.map((it) => it.rows)) }, (_, index) =>
    rowName(index),
  );
  // Later rows are the longer ones: see seatsInRow.
  await tx.execute(sql`
    INSERT INTO tickets (event_id, section, "row", seat, row_index, seat_index, price, currency, accessible, companion)
    SELECT (it ->> 'event')::bigint, it ->> 'name', (${sql.param(rowNames)}::text[])[r + 1], (s + 1)::text, r, s,
           (it ->> 'price')::bigint, it ->> 'currency',
           ${options.accessible} AND r = 0 AND s = 0, ${options.accessible} AND r = 0 AND s = 1
    FROM jsonb_array_elements(${JSON.stringify(given)}::jsonb) WITH ORDINALITY AS given (it, nth),
         LATERAL (SELECT (it ->> 'rows')::int AS rows, (it ->> 'seats')::int AS seats) AS size,
         generate_series(0, rows - 1) AS r,
         generate_series(0, seats / rows - CASE WHEN r >= rows - seats % rows THEN 0 ELSE 1 END) AS s
    ORDER BY nth, r, s`);
  return given.reduce((sum, section) => sum + section.seats, 0);
}

/**
 * Gives tickets that nobody has, or is about to have, the price of their section.
 * @returns the events of which a price changed
 */
export async function repriceTickets(tx: Db, events: readonly EventSections[]): Promise<bigint[]> {
  const given = events.flatMap(({ eventId, sections }) =>
    sections.map(({ name, price }) => ({ event: String(eventId), name, price })),
  );
  if (given.length === 0) return [];
  const rows = await queryRows<{ id: string }>(
    tx,
    sql`
    WITH changed AS (
      UPDATE tickets AS t SET price = given.price
      FROM jsonb_to_recordset(${JSON.stringify(given)}::jsonb) AS given (event bigint, name text, price bigint)
      WHERE t.event_id = given.event AND t.section = given.name AND t.price <> given.price AND t.status <> 'booked'
        AND NOT EXISTS (SELECT FROM booking_tickets AS claim WHERE claim.ticket_id = t.id AND claim.live)
      RETURNING t.event_id)
    SELECT DISTINCT event_id AS id FROM changed`,
  );
  return rows.map(({ id }) => BigInt(id));
}

/** The sections that events have, by event. */
export async function readSections(
  tx: Db,
  eventIds: readonly bigint[],
): Promise<ReadonlyMap<bigint, StoredSection[]>> {
  const rows = await queryRows<{ event: string; name: string; seats: number; currency: string }>(
    tx,
    sql`SELECT event_id AS event, section AS name, count(*)::int AS seats, min(currency) AS currency
        FROM tickets WHERE event_id = ANY (${sql.param(eventIds.map(String))}::bigint[])
        GROUP BY event_id, section`,
  );
  return Map.groupBy(rows, (row) => BigInt(row.event));
}
