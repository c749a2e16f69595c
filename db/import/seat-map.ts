import type { SeatSection } from "./facts.ts";

/** Most seats that one event gets: what an admin may make at once, too. */
export const seatsMax = 200_000;

/** Up to here a room is a hall with few sections, beyond it a bowl. */
const hallSeatsMax = 3_000;
const hallSectionSeats = 170;
const hallSectionsMax = 12;
const bowlSectionSeats = 400;
const bowlTierSections = 60;

/**
 * Invents sections for a room of which only the size is known. The hundreds of a section's name are its tier, the rest
 * its place in it, as in most arenas.
 * @param count exact number of seats
 * @param prices minor units, dearest first; the first sections get the dearest
 * @param tierFirst number of the first tier, where a room grows
 */
export function seatMap(count: number, prices: readonly number[], tierFirst = 1): SeatSection[] {
  if (count <= 0) return [];
  const sections = sectionCount(count);
  const tiers = tierCount(count, sections);
  return Array.from({ length: sections }, (_, index) => {
    const seats = share(count, sections, index);
    return {
      name: sectionName(index, sections, tiers, tierFirst),
      rows: Math.max(1, Math.round(Math.sqrt(seats / 2))),
      seats,
      price: spread(prices, index, sections),
    };
  });
}

function sectionCount(count: number): number {
  if (count > hallSeatsMax) return Math.ceil(count / bowlSectionSeats);
  const wanted = Math.round(count / hallSectionSeats);
  return Math.min(Math.max(wanted, Math.min(3, count)), hallSectionsMax);
}

function tierCount(count: number, sections: number): number {
  if (count > hallSeatsMax) return Math.max(3, Math.ceil(sections / bowlTierSections));
  return sections < 6 ? 1 : 2;
}

function sectionName(index: number, sections: number, tiers: number, tierFirst: number): string {
  let place = index;
  let tier = 0;
  while (place >= share(sections, tiers, tier)) place -= share(sections, tiers, tier++);
  return String((tier + tierFirst) * 100 + place + 1);
}

/** The part `index` of a whole cut into `parts` whole numbers that differ by 1 at most. */
function share(whole: number, parts: number, index: number): number {
  return Math.floor(whole / parts) + (index < whole % parts ? 1 : 0);
}

/** Both the dearest and the cheapest price occur, as soon as there are two sections. */
function spread(prices: readonly number[], index: number, sections: number): number {
  const at = sections === 1 ? 0 : Math.round((index * (prices.length - 1)) / (sections - 1));
  return prices[at] ?? 0;
}

/** 0 → "A", 25 → "Z", 26 → "AA". */
export function rowName(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : rowName(Math.floor(index / 26) - 1) + last;
}

/** Seats of one row, counted from 0: the rows at the back are the longer ones. */
export function seatsInRow(section: Pick<SeatSection, "rows" | "seats">, row: number): number {
  const longer = section.seats % section.rows;
  return Math.floor(section.seats / section.rows) + (row >= section.rows - longer ? 1 : 0);
}
