import type { PlacedSeat } from "../../../db/schema/venue-plans.ts";
import { seatKey, type SeatName } from "./placed-seats.ts";

export interface PlanDifference {
  readonly added: readonly SeatName[];
  readonly removed: readonly SeatName[];
  /** The same seat, elsewhere. */
  readonly moved: readonly SeatName[];
  /** Needed seats that are not in the new plan. */
  readonly lost: readonly SeatName[];
}

/**
 * What a new plan changes. A seat is the same seat when section, row and number are.
 * @param before the plan until now, empty when there is none
 * @param needed seats that somebody has bought or holds
 */
export function planDifference(
  before: readonly PlacedSeat[],
  after: readonly PlacedSeat[],
  needed: readonly SeatName[],
): PlanDifference {
  const old = new Map(before.map((seat) => [seatKey(seat), seat]));
  const fresh = new Set(after.map(seatKey));
  return {
    added: after.filter((seat) => !old.has(seatKey(seat))),
    removed: before.filter((seat) => !fresh.has(seatKey(seat))),
    moved: after.filter((seat) => {
      const was = old.get(seatKey(seat));
      return was !== undefined && (was.x !== seat.x || was.y !== seat.y);
    }),
    lost: needed.filter((seat) => !fresh.has(seatKey(seat))),
  };
}
