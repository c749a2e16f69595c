import { sql } from "drizzle-orm";
import type { BookingList, PageQuery } from "../../contracts/bookings.ts";
import type { BookingDeps, Caller } from "./booking-deps.ts";
import { BookingFacts, toBooking } from "./booking-facts.ts";
import { rowsOf } from "./call-function.ts";

/** Reads one page of the caller's bookings, newest first, whatever became of them. */
export async function listBookings(
  { db }: Pick<BookingDeps, "db">,
  { page, pageSize, caller }: PageQuery & { readonly caller: Caller },
): Promise<BookingList> {
  const [row] = rowsOf<{ total: number; bookings: unknown[] }>(
    await db.execute(sql`
      SELECT (SELECT count(*)::int FROM bookings WHERE user_id = ${caller.userId}) AS total,
             coalesce((
               SELECT json_agg(to_jsonb(f) ORDER BY f.created_at DESC, f.id)
               FROM (SELECT id FROM bookings WHERE user_id = ${caller.userId}
                     ORDER BY created_at DESC, id LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}) own
               JOIN booking_facts f ON f.id = own.id), '[]') AS bookings`),
  );
  const bookings = (row?.bookings ?? []).map((facts) => toBooking(BookingFacts.parse(facts)));
  return { bookings, page, pageSize, total: row?.total ?? 0 };
}
