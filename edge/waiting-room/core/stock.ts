/** What is left to sell, as the origin last said. */
export interface Stock {
  readonly available: number;
  /** In unexpired holds: some will come back. */
  readonly held: number;
  /** Of the seats left, in minor units. */
  readonly priceRange: {
    readonly min: number;
    readonly max: number;
    readonly currency: string;
  } | null;
  /** Unix milliseconds. */
  readonly at: number;
}

export interface Outlook {
  /** How many further people, beside the active ones, the seats will last for. */
  readonly admissible: number;
}

/** Share of held seats that come back unsold. */
export const returnShare = 0.2;
/** Until passes have run their course: twenty of them that took two seats each. */
const prior = { passes: 20, seatsEach: 2 };

/** So few seats are offered to one person each, whatever people took before: a sale must come to its end. */
const lastSeats = 50;

/**
 * How far the stock will go. Seats per pass are learned from the passes that are over; those who were admitted
 * lately are expected to take as many, and those before them have made up their minds.
 * @param admitted.choosing passes so young that their people still choose
 * @param admitted.availableAtOpening seats on sale when the first pass was given
 */
export function outlookOf(
  stock: Stock,
  admitted: {
    readonly claims: number;
    readonly active: number;
    readonly choosing: number;
    readonly availableAtOpening: number;
  },
): Outlook {
  const over = Math.max(0, admitted.claims - admitted.active);
  const sold = Math.max(0, admitted.availableAtOpening - stock.available - stock.held);
  const seatsEach = Math.max(
    0.1, // a crowd that hardly buys must not let everybody in at once
    (sold + prior.passes * prior.seatsEach) / (over + prior.passes),
  );
  const choosing = Math.min(admitted.choosing, admitted.active);
  const free = stock.available + stock.held * returnShare - choosing * seatsEach;
  const atLeast = Math.min(stock.available, lastSeats) - choosing;
  return { admissible: Math.max(0, atLeast, free / seatsEach) };
}

/** @returns whether nothing is left and nothing can come back */
export function isSoldOut(stock: Stock): boolean {
  return stock.available === 0 && stock.held === 0;
}
