import { sql } from "drizzle-orm";
import type { Booking } from "../../contracts/bookings.ts";
import type { BookingDeps, Caller } from "./booking-deps.ts";
import { BookingFacts, toBooking } from "./booking-facts.ts";
import { rowsOf } from "./call-function.ts";
import { bookingNotFound } from "./refusals.ts";

/**
 * Reads one booking of the caller.
 * @throws DomainError `not-found`, also for a booking of somebody else: that it exists is nobody's business
 */
export async function readBooking(
  { db }: Pick<BookingDeps, "db">,
  { bookingId, caller }: { readonly bookingId: string; readonly caller: Caller },
): Promise<Booking> {
  const [row] = rowsOf<{ booking: unknown }>(
    await db.execute(sql`
      SELECT to_jsonb(f) AS booking FROM booking_facts f
      WHERE id = ${bookingId} AND user_id = ${caller.userId}`),
  );
  if (!row) throw bookingNotFound();
  return toBooking(BookingFacts.parse(row.booking));
}
