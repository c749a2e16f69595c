import { sql } from "drizzle-orm";
import * as z from "zod";
import type { BookingDeps, Caller } from "./booking-deps.ts";
import { BookingFacts } from "./booking-facts.ts";
import { callFunction } from "./call-function.ts";
import { bookingNotFound, notChangeable } from "./refusals.ts";

const EndedBooking = z.discriminatedUnion("outcome", [
  z.object({ outcome: z.enum(["released", "cancelled", "ended"]), booking: BookingFacts }),
  z.object({ outcome: z.literal("booking-not-found") }),
  z.object({ outcome: z.literal("event-begun") }),
]);

/**
 * Releases a hold or cancels a confirmed booking; its tickets are on sale again at once. Repeating it changes nothing.
 * @throws DomainError `not-found`, or `booking-not-changeable` for a confirmed booking once the event has begun
 */
export async function endBooking(
  { db, locks }: BookingDeps,
  { bookingId, caller }: { readonly bookingId: string; readonly caller: Caller },
): Promise<void> {
  const { userId, requestId } = caller;
  const ended = await callFunction(
    db,
    EndedBooking,
    sql`end_booking(${bookingId}::uuid, ${userId}, ${requestId})`,
  );
  switch (ended.outcome) {
    case "released":
    case "cancelled":
    // The first time the locks may have been out of reach: a repeat tries again.
    case "ended": {
      const { event_id: eventId, tickets } = ended.booking;
      const ticketIds = tickets.map(({ id }) => id);
      // Out of reach they end by themselves, as those of any hold.
      await locks.release({ eventId, userId, bookingId }, ticketIds).catch(() => undefined);
      return;
    }
    case "booking-not-found":
      throw bookingNotFound();
    case "event-begun":
      throw notChangeable("The event has begun: this booking cannot be cancelled any more.");
    default:
      ended satisfies never;
  }
}
