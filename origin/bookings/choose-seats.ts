import type { HoldRequest } from "../../contracts/bookings.ts";
import type { BookingDeps } from "./booking-deps.ts";
import { rankGroups, type RankedGroups } from "./seat-groups.ts";

/** One for each of the buyers who may ask at the same moment; a loser of all of them looks again. */
const groupsMax = 48;

export interface SeatChoice extends RankedGroups {
  readonly quantity: number;
}

/**
 * What to try to lock: the tickets named, or the best groups that seem to be free.
 * @param known how much of what is taken must be known, see `Seatings`
 */
export async function chooseSeats(
  { seatings }: Pick<BookingDeps, "seatings">,
  eventId: string,
  version: number,
  request: HoldRequest,
  known: "lately" | "held" | "all",
): Promise<SeatChoice> {
  if ("ticketIds" in request) {
    const { ticketIds } = request;
    return { groups: [{ ticketIds }], keepsPairs: false, quantity: ticketIds.length };
  }
  const { bestAvailable } = request;
  const seating = await seatings.read(eventId, version);
  const taken = await seatings.readTaken(eventId, seating, known);
  const { quantity } = bestAvailable;
  return { ...rankGroups(seating, taken, bestAvailable, groupsMax), quantity };
}
