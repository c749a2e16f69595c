import { sql } from "drizzle-orm";
import * as z from "zod";
import type { Booking } from "../../contracts/bookings.ts";
import type { BookingDeps, Caller } from "./booking-deps.ts";
import { BookingFacts, toBooking } from "./booking-facts.ts";
import { callFunction } from "./call-function.ts";
import { bookingNotFound, holdExpired, notChangeable } from "./refusals.ts";

const ExtendedHold = z.discriminatedUnion("outcome", [
  z.object({ outcome: z.literal("extended"), booking: BookingFacts, ms: z.number() }),
  z.object({ outcome: z.literal("booking-not-found") }),
  z.object({ outcome: z.literal("hold-expired") }),
  z.object({
    outcome: z.literal("ended"),
    status: z.enum(["confirmed", "released", "cancelled"]),
  }),
  z.object({ outcome: z.literal("at-cap") }),
]);

/**
 * Gives a hold its full time again, within the hard cap that it got when it was placed.
 * @throws DomainError for every refusal; the hold is then as it was
 */
export async function extendHold(
  { db, locks, holdSeconds }: BookingDeps,
  { bookingId, caller }: { readonly bookingId: string; readonly caller: Caller },
): Promise<Booking> {
  const extended = await callFunction(
    db,
    ExtendedHold,
    sql`extend_hold(${bookingId}::uuid, ${caller.userId}, make_interval(secs => ${holdSeconds}::int), ${caller.requestId})`,
  );
  switch (extended.outcome) {
    case "extended": {
      const { booking, ms } = extended;
      const kept = booking.tickets.map(({ id }) => ({ ticketId: id, bookingId, lastsMs: ms }));
      // Without it the locks end first, and Postgres refuses others until the hold does.
      await locks.keep(booking.event_id, kept, caller.userId).catch(() => undefined);
      return toBooking(booking);
    }
    case "booking-not-found":
      throw bookingNotFound();
    case "hold-expired":
      throw holdExpired();
    case "ended":
      throw notChangeable(`This booking is ${extended.status}, not held.`);
    case "at-cap":
      throw notChangeable("This hold cannot be extended any further.");
    default:
      return extended satisfies never;
  }
}
