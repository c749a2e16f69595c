import { eq, sql } from "drizzle-orm";
import type { Event } from "../../../contracts/events.ts";
import type { Db } from "../../../db/client.ts";
import { events, venues } from "../../../db/schema/catalogue.ts";
import { DomainError } from "../../errors.ts";
import { toEvent } from "../read-head.ts";
import type { Written } from "./revision.ts";
import { onlyRow } from "./rows.ts";

/** The next version of an event, and when it began. */
export const nextVersion = {
  version: sql`${events.version} + 1`,
  updatedAt: sql`clock_timestamp()`,
};

/**
 * Locks an event, so that changes to it follow one another.
 * @throws DomainError `not-found`
 */
export async function lockEvent(tx: Db, eventId: string): Promise<typeof events.$inferSelect> {
  const rows = await tx
    .select()
    .from(events)
    .where(eq(events.id, BigInt(eventId)))
    .for("no key update");
  const [row] = rows;
  if (!row) throw new DomainError("not-found", "There is no such event.");
  return row;
}

/** The event as it now is, and its tag. */
export async function writtenEvent(tx: Db, id: bigint): Promise<Written<Event>> {
  const { event, timeZone } = onlyRow(
    await tx
      .select({ event: events, timeZone: venues.timeZone })
      .from(events)
      .innerJoin(venues, eq(venues.id, events.venueId))
      .where(eq(events.id, id)),
  );
  return { value: toEvent(event, timeZone), etag: `"${event.version}"` };
}
