import { sql } from "drizzle-orm";
import type { BookingHistory } from "../../contracts/bookings.ts";
import type { BookingDeps, Caller } from "./booking-deps.ts";
import { rowsOf } from "./call-function.ts";
import { bookingNotFound } from "./refusals.ts";

/**
 * Reads what became of a booking of the caller, oldest first, from the audit rows. Of who did it only is said whether
 * it was the caller.
 * @throws DomainError `not-found`, also for a booking of somebody else
 */
export async function readHistory(
  { db }: Pick<BookingDeps, "db">,
  { bookingId, caller }: { readonly bookingId: string; readonly caller: Caller },
): Promise<BookingHistory> {
  const [row] = rowsOf<{ changes: { at: string; action: string; byOwner: boolean }[] }>(
    await db.execute(sql`
      SELECT coalesce((
        SELECT json_agg(json_build_object('at', a.at, 'action', a.action, 'byOwner', a.actor = b.user_id) ORDER BY a.id)
        FROM audit_log a WHERE a.entity = 'booking' AND a.entity_id = b.id::text), '[]') AS changes
      FROM bookings b WHERE b.id = ${bookingId} AND b.user_id = ${caller.userId}`),
  );
  if (!row) throw bookingNotFound();
  const changes = row.changes.map(({ at, ...change }) => ({
    at: new Date(at).toISOString(),
    ...change,
  }));
  return { bookingId, changes };
}
