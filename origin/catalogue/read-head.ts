import { asc, eq } from "drizzle-orm";
import type { Event, Performer, Venue } from "../../contracts/events.ts";
import type { Db } from "../../db/client.ts";
import { eventPerformers, events, performers, venues } from "../../db/schema/catalogue.ts";

/** Everything of an event's view but its tickets. */
export interface EventHead {
  readonly event: Event;
  readonly venue: Venue;
  readonly performer: Performer;
  /** All, headliner first. */
  readonly performers: readonly Performer[];
}

/**
 * Reads an event with its venue and performers.
 * @returns `undefined` when there is no such event; drafts are returned, too
 */
export async function readHead(db: Db, eventId: string): Promise<EventHead | undefined> {
  const id = BigInt(eventId);
  const [rows, lineUp] = await Promise.all([
    db
      .select({ event: events, venue: venues, performer: performers })
      .from(events)
      .innerJoin(venues, eq(venues.id, events.venueId))
      .innerJoin(performers, eq(performers.id, events.performerId))
      .where(eq(events.id, id)),
    db
      .select({ performer: performers })
      .from(eventPerformers)
      .innerJoin(performers, eq(performers.id, eventPerformers.performerId))
      .where(eq(eventPerformers.eventId, id))
      .orderBy(asc(eventPerformers.position), asc(performers.id)),
  ]);
  const [row] = rows;
  if (!row) return undefined;
  const headliner = toPerformer(row.performer);
  const others = lineUp
    .map(({ performer }) => toPerformer(performer))
    .filter(({ id: performerId }) => performerId !== headliner.id);
  return {
    event: toEvent(row.event, row.venue.timeZone),
    venue: toVenue(row.venue),
    performer: headliner,
    performers: [headliner, ...others],
  };
}

/** @param timeZone that of the venue */
export function toEvent(row: typeof events.$inferSelect, timeZone: string): Event {
  return {
    id: String(row.id),
    name: row.name,
    description: row.description,
    category: row.category,
    status: row.status,
    startsAt: row.startsAt.toISOString(),
    endsAt: row.endsAt.toISOString(),
    timeZone,
    onSaleAt: row.onSaleAt.toISOString(),
    venueId: String(row.venueId),
    performerId: String(row.performerId),
    version: row.version,
    admission: row.queueEnabled ? "queue" : "open",
  };
}

export function toVenue(row: typeof venues.$inferSelect): Venue {
  return {
    id: String(row.id),
    name: row.name,
    city: row.city,
    country: row.country,
    latitude: row.latitude,
    longitude: row.longitude,
    timeZone: row.timeZone,
    capacity: row.capacity,
    alternateNames: row.alternateNames,
  };
}

export function toPerformer(row: typeof performers.$inferSelect): Performer {
  return {
    id: String(row.id),
    name: row.name,
    description: row.description,
    genre: row.genre,
    alternateNames: row.alternateNames,
  };
}
