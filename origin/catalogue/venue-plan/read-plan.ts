import { desc, eq } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { events } from "../../../db/schema/catalogue.ts";
import { type PlacedSeat, venuePlans } from "../../../db/schema/venue-plans.ts";

/** The seats of an event's venue as they stand now; none when nobody has measured them. */
export async function readVenueSeats(db: Db, eventId: string): Promise<readonly PlacedSeat[]> {
  const [plan] = await db
    .select({ seats: venuePlans.seats })
    .from(venuePlans)
    .innerJoin(events, eq(events.venueId, venuePlans.venueId))
    .where(eq(events.id, BigInt(eventId)))
    .orderBy(desc(venuePlans.version))
    .limit(1);
  return plan?.seats ?? [];
}
