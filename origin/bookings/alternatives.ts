import { rankGroups, distanceBetween } from "./seat-groups.ts";
import type { Seat, Seating } from "./seating.ts";
import type { Taken } from "./seating.ts";

/** Groups looked at for one refusal. */
const candidatesMax = 200;
/** Of these nearest ones each refused buyer is offered some: everybody on the same ones would be the next refusals. */
const nearestMax = 8;
const offeredMax = 3;

/** Groups of a size and of certain prices that could be had a moment ago, whoever asks. */
export function openGroups(
  seating: Seating,
  taken: Taken,
  quantity: number,
  prices: ReadonlySet<number>,
  section?: string,
): string[][] {
  const wish = { quantity, prices, section };
  return rankGroups(seating, taken, wish, candidatesMax).groups.map(({ ticketIds }) => [
    ...ticketIds,
  ]);
}

/**
 * Picks what to offer instead: near to what was wanted, a little different for each buyer.
 * @param spread any number, such as one out of the booking's id
 */
export function pickAlternatives(
  seating: Seating,
  groups: readonly string[][],
  wanted: Seat,
  spread: number,
): string[][] {
  const distanceOf = (ids: readonly string[]) => {
    const first = seating.seats[seating.placeOf.get(ids[0] ?? "") ?? -1];
    return first ? distanceBetween(wanted, first) : Number.POSITIVE_INFINITY;
  };
  const nearest = groups
    .map((ids) => ({ ids, distance: distanceOf(ids) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, nearestMax);
  const from = nearest.length > offeredMax ? spread % nearest.length : 0;
  return [...nearest.slice(from), ...nearest.slice(0, from)]
    .slice(0, offeredMax)
    .sort((a, b) => a.distance - b.distance)
    .map(({ ids }) => ids);
}
