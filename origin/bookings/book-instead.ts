import { sql } from "drizzle-orm";
import { openGroups } from "./alternatives.ts";
import type { BookingDeps } from "./booking-deps.ts";
import { callFunction, rowsOf } from "./call-function.ts";
import { ConfirmedHold, type ConfirmHold, type Paid } from "./confirmed-hold.ts";
import { distanceBetween } from "./seat-groups.ts";
import { none, type Seating } from "./seating.ts";

/** Others buy at the same time: so many groups are tried, the nearest first. */
const groupsMax = 24;

/**
 * Confirms a hold whose tickets are gone on others that are as good (as many, at the same prices, near by), for a
 * buyer who allowed it. Postgres decides; what Redis and the seatings know only says where to look.
 * @returns `hold-expired` when the buyer did not allow it, or there are none
 */
export async function bookInstead(
  deps: BookingDeps,
  { bookingId, caller }: ConfirmHold,
  payment: Paid,
): Promise<ConfirmedHold> {
  const { userId, requestId } = caller;
  const [lost] = rowsOf<{ eventId: string; ticketIds: string[] }>(
    await deps.db.execute(sql`
      SELECT b.event_id::text AS "eventId", array_agg(c.ticket_id::text) AS "ticketIds"
      FROM bookings b JOIN booking_tickets c ON c.booking_id = b.id
      WHERE b.id = ${bookingId} AND b.user_id = ${userId} AND b.accept_equal_seats GROUP BY b.id`),
  );
  if (!lost) return { outcome: "hold-expired" };
  const groups = await findEqualGroups(deps, lost.eventId, lost.ticketIds);
  return callFunction(
    deps.db,
    ConfirmedHold,
    sql`confirm_instead(${bookingId}::uuid, ${userId}, ${requestId}, ${payment.status}, ${payment.reference},
      ${JSON.stringify(groups)}::jsonb)`,
  );
}

async function findEqualGroups(
  { sales, seatings }: BookingDeps,
  eventId: string,
  ticketIds: readonly string[],
): Promise<string[][]> {
  const { version } = await sales.read(eventId);
  const seating = await seatings.read(eventId, version);
  const taken = await seatings.readTaken(eventId, seating, "all");
  const lost = ticketIds.flatMap((id) => seatOf(seating, id) ?? []);
  const [first] = lost;
  if (!first) return [];
  const prices = new Set(lost.map(({ price }) => price));
  const distance = (group: readonly string[]) => {
    const seat = seatOf(seating, group[0] ?? "");
    return seat ? distanceBetween(first, seat) : Number.POSITIVE_INFINITY;
  };
  return openGroups(seating, taken, ticketIds.length, prices)
    .sort((a, b) => distance(a) - distance(b))
    .slice(0, groupsMax);
}

function seatOf({ seats, placeOf }: Seating, id: string) {
  return seats[placeOf.get(id) ?? none];
}
