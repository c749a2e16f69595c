import { decodePlan, ticketIds, type PlanSeat } from "../../contracts/plan-codec.ts";
import type { Plan } from "../../contracts/plan.ts";

/** The packed statuses' bits for "available". */
const availableBits = 0;

export interface SectionSummary {
  readonly name: string;
  readonly seats: number;
  readonly free: number;
  /** Lowest and highest amount among its free seats, else among all, in minor units. */
  readonly min: number;
  readonly max: number;
}

/** Reads packed statuses without making a string per seat. */
export function readStatuses(packed: string): (index: number) => number {
  const binary = atob(packed);
  return (index) => ((binary.charCodeAt(index >> 2) || 0) >> ((index & 3) * 2)) & 3;
}

/**
 * What each section has left, in plan order; sections that come twice in the plan are one.
 * @param plan seats
 * @param packed statuses in ticket order
 */
export function summarise(plan: Plan, packed: string): SectionSummary[] {
  const status = readStatuses(packed);
  const tallies = new Map<string, Tally>();
  let index = 0;
  for (const section of plan.sections) {
    const tally = tallies.get(section.name) ?? emptyTally();
    tallies.set(section.name, tally);
    for (const run of section.rows) {
      const price = plan.prices[run[4] ?? section.priceIndex] ?? 0;
      let free = 0;
      for (const end = index + run[1]; index < end; index++) {
        if (status(index) === availableBits) free++;
      }
      tally.seats += run[1];
      tally.free += free;
      widen(tally.all, price);
      if (free > 0) widen(tally.left, price);
    }
  }
  return [...tallies].map(([name, { seats, free, all, left }]) => ({
    name,
    seats,
    free,
    ...(free > 0 ? left : all),
  }));
}

export interface Seat extends PlanSeat {
  readonly free: boolean;
}

/** The seats of one section, in ticket order. */
export function seatsOfSection(plan: Plan, packed: string, name: string): Seat[] {
  const status = readStatuses(packed);
  const ids = ticketIds(plan);
  const seats: Seat[] = [];
  let index = 0;
  for (const section of plan.sections) {
    for (const [row, count, first = 1, step = 1, price = section.priceIndex] of section.rows) {
      for (let nth = 0; nth < count; nth++, index++) {
        if (section.name !== name) continue;
        const seat = typeof first === "string" ? first : String(first + nth * step);
        const free = status(index) === availableBits;
        seats.push({ index, id: ids(index), section: name, row, seat, priceIndex: price, free });
      }
    }
  }
  return seats;
}

/** What the plan says of some tickets, in their order; unknown ids are left out. */
export function seatsById(plan: Plan, wanted: readonly string[]): PlanSeat[] {
  const ids = new Set(wanted);
  const found = new Map(
    decodePlan(plan).flatMap((seat) => (ids.has(seat.id) ? [[seat.id, seat] as const] : [])),
  );
  return wanted.flatMap((id) => found.get(id) ?? []);
}

/** A section's part of its page's address. "." and ".." would be taken for directories. */
export function sectionPath(name: string): string {
  if (/^\.{1,2}$/.test(name)) return `~${name}`;
  return encodeURIComponent(name).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The name that {@link sectionPath} was made of. */
export function sectionName(param: string): string {
  return /^~\.{1,2}$/.test(param) ? param.slice(1) : param;
}

interface Tally {
  seats: number;
  free: number;
  readonly all: { min: number; max: number };
  readonly left: { min: number; max: number };
}

function emptyTally(): Tally {
  const none = () => ({ min: Infinity, max: 0 });
  return { seats: 0, free: 0, all: none(), left: none() };
}

function widen(range: { min: number; max: number }, price: number): void {
  range.min = Math.min(range.min, price);
  range.max = Math.max(range.max, price);
}
