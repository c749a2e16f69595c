import type { SeatGroup } from "../locks/ticket-locks.ts";
import { none, type Seat, type Seating } from "./seating.ts";
import type { Taken } from "./seating.ts";

export interface SeatWish {
  readonly quantity: number;
  readonly section?: string | undefined;
  /** Most that one ticket may cost, in minor units. */
  readonly maxPrice?: number | undefined;
  /** Only these prices. */
  readonly prices?: ReadonlySet<number> | undefined;
}

export interface RankedGroups {
  /** Best first. */
  readonly groups: readonly SeatGroup[];
  /** Whether each of them leaves no single seat alone. */
  readonly keepsPairs: boolean;
}

/** Step by step, what is given up first: a full view, then the neighbours' comfort; sitting together comes last. */
const steps = [
  { allowsRestricted: false, keepsPairs: true },
  { allowsRestricted: true, keepsPairs: true },
  { allowsRestricted: true, keepsPairs: false },
] as const;

/** First seats from which a split party is tried; more would hardly find better ones. */
const splitStartsMax = 8;

/**
 * The best groups that can be had, from what is known; the lock script takes the first that is still free.
 * @param groupsMax how many: one for each of the buyers who may ask at the same moment
 */
export function rankGroups(
  seating: Seating,
  taken: Taken,
  wish: SeatWish,
  groupsMax: number,
): RankedGroups {
  for (const { allowsRestricted, keepsPairs } of steps) {
    const isOpen = openSeats(seating, taken, wish, allowsRestricted);
    const groups = freeRuns(seating, isOpen, taken, wish.quantity, keepsPairs, groupsMax);
    if (groups.length > 0) {
      return { groups: groups.map((run) => toGroup(seating, taken, run)), keepsPairs };
    }
  }
  const isOpen = openSeats(seating, taken, wish, true);
  return { groups: splitGroups(seating, isOpen, taken, wish.quantity), keepsPairs: false };
}

type IsOpen = (place: number) => boolean;

function openSeats(
  { seats }: Seating,
  taken: Taken,
  wish: SeatWish,
  allowsRestricted: boolean,
): IsOpen {
  const fits = (seat: Seat) =>
    !seat.isReserved &&
    (allowsRestricted || !seat.isRestricted) &&
    (wish.section === undefined || seat.section === wish.section) &&
    (wish.maxPrice === undefined || seat.price <= wish.maxPrice) &&
    (wish.prices === undefined || wish.prices.has(seat.price));
  return (place) => {
    const seat = seats[place];
    return taken[place] === 0 && seat !== undefined && fits(seat);
  };
}

/**
 * Runs of neighbours, best first. The first ones may overlap: when a seat was just taken, the next best is often its
 * neighbour. Later ones do not: two buyers who both lost the first ones should not lose all the others, too.
 */
function freeRuns(
  seating: Seating,
  isOpen: IsOpen,
  taken: Taken,
  quantity: number,
  keepsPairs: boolean,
  runsMax: number,
): number[][] {
  const used = new Set<number>();
  const found: number[][] = [];
  for (const first of seating.runs(quantity)) {
    const run: number[] = [];
    // A run's places follow one another: see Seating.
    for (let place = first; place < first + quantity; place += 1) {
      if (!isOpen(place) || (found.length >= runsMax / 2 && used.has(place))) break;
      run.push(place);
    }
    if (run.length < quantity) continue;
    if (keepsPairs && leavesOrphan(seating, taken, run)) continue;
    found.push(run);
    if (found.length === runsMax) break;
    for (const place of run) used.add(place);
  }
  return found;
}

function leavesOrphan(seating: Seating, taken: Taken, run: readonly number[]): boolean {
  const isAlone = (side: Int32Array, edge: number | undefined) => {
    const inner = side[edge ?? none] ?? none;
    if (inner === none || taken[inner] !== 0) return false;
    const outer = side[inner] ?? none;
    return outer === none || taken[outer] !== 0;
  };
  return isAlone(seating.left, run[0]) || isAlone(seating.right, run.at(-1));
}

function toGroup(seating: Seating, taken: Taken, run: readonly number[]): SeatGroup {
  const { left, right } = seating;
  const [first, last] = [run[0] ?? none, run.at(-1) ?? none];
  // Both are asked for anew by the lock script, unless they are known to be gone.
  const seatId = (place: number) =>
    place === none || taken[place] !== 0 ? undefined : seating.seats[place]?.id;
  const leftInner = left[first] ?? none;
  const rightInner = right[last] ?? none;
  return {
    ticketIds: idsOf(seating, run),
    left: [seatId(left[leftInner] ?? none), seatId(leftInner)],
    right: [seatId(rightInner), seatId(right[rightInner] ?? none)],
  };
}

/** Parties that must split: into as few parts as can be, as even as can be, the parts near one another. */
function splitGroups(
  seating: Seating,
  isOpen: IsOpen,
  taken: Taken,
  quantity: number,
): SeatGroup[] {
  for (const parts of partitions(quantity)) {
    const [largest = 1, ...rest] = parts;
    const groups: SeatGroup[] = [];
    for (const start of freeRuns(seating, isOpen, taken, largest, false, splitStartsMax)) {
      const party = addNearest(seating, isOpen, start, rest);
      if (party) groups.push({ ticketIds: idsOf(seating, party) });
    }
    if (groups.length > 0) return groups;
  }
  return [];
}

function addNearest(
  seating: Seating,
  isOpen: IsOpen,
  start: readonly number[],
  rest: readonly number[],
): number[] | undefined {
  const party = [...start];
  const from = seating.seats[start[0] ?? none];
  if (!from) return undefined;
  for (const size of rest) {
    let nearest: { first: number; distance: number } | undefined;
    for (const first of seating.runs(size)) {
      const run = Array.from({ length: size }, (_, at) => first + at);
      if (!run.every((place) => isOpen(place) && !party.includes(place))) continue;
      const distance = distanceBetween(from, seating.seats[first] ?? from);
      if (!nearest || distance < nearest.distance) nearest = { first, distance };
    }
    if (!nearest) return undefined;
    for (let at = 0; at < size; at += 1) party.push(nearest.first + at);
  }
  return party;
}

/** Rows count more than seats, and another section more than both. */
export function distanceBetween(a: Seat, b: Seat): number {
  const rows = Math.abs(a.rowIndex - b.rowIndex);
  const seats = Math.abs(a.seatIndex - b.seatIndex);
  return (a.section === b.section ? 0 : 1_000) + rows * 2 + seats;
}

/** 4 → [3,1] … but evenly first: [2,2] [3,1] [2,1,1] [1,1,1,1]. Without the whole: that is no split. */
export function partitions(quantity: number): number[][] {
  const all: number[][] = [];
  const extend = (left: number, most: number, parts: number[]) => {
    if (left === 0) all.push(parts);
    for (let part = Math.min(left, most); part >= 1; part -= 1) {
      extend(left - part, part, [...parts, part]);
    }
  };
  extend(quantity, quantity - 1, []);
  return all.sort((a, b) => a.length - b.length || (a[0] ?? 0) - (b[0] ?? 0));
}

function idsOf({ seats }: Seating, places: readonly number[]): string[] {
  return places.flatMap((place) => seats[place]?.id ?? []);
}
