import { currencyOfCountry } from "../import/countries.ts";
import type { EventFacts } from "../import/facts.ts";
import { performerKey } from "../import/parse-event.ts";
import { defaultPrices } from "../import/prices.ts";
import { venueKey } from "../import/venue-facts.ts";
import { addDays, instantOf, wallTimeAt } from "../import/zoned-time.ts";
import { isTeam, makeBills, type Bill } from "./bills.ts";
import type { ProgrammePerformer } from "./performers.ts";
import { createRandom, randomInt } from "./random.ts";
import { programmeVenues, type ProgrammeVenue } from "./venues.ts";

/** An event of the built-in programme, with what only a running shop would have. */
export interface ProgrammeEvent {
  readonly facts: EventFacts;
  readonly popularity: number;
  /** Part of its seats that is sold, 0 to 1. */
  readonly soldShare: number;
  /** Part of its seats that is kept back, 0 to 1. */
  readonly blockedShare: number;
}

/** Seats of the one event that is as large as a stadium. */
export const largestSeats = 60_000;

const seatsByKind: Readonly<Record<ProgrammeVenue["kind"], readonly [number, number]>> = {
  stadium: [120, 300],
  arena: [80, 180],
  hall: [60, 150],
  theatre: [50, 120],
  club: [50, 90],
};
/** Every so many events one has as many seats as an ordinary import makes. */
const largeStride = 100;
const largeSeats = 2_000;

const seed = 1_461;
const dayMs = 86_400_000;
/** The programme ends so many days after now. */
const daysMax = 300;

/**
 * The built-in programme: the same one at every call, with dates that follow `now`. A few events are over, most come in
 * the next 300 days; some are drafts, cancelled, not on sale yet, nearly or wholly sold out.
 */
export function makeProgramme(now: Date): ProgrammeEvent[] {
  const random = createRandom(seed);
  const chooseRoom = roomChooser();
  let series = 0;
  let day = 0;
  return makeBills().map((bill, index) => {
    if (bill.gapDays === undefined) {
      series++;
      // Some series have begun already.
      day = series % 11 === 0 ? -randomInt(random, 4, 40) : randomInt(random, 3, daysMax - 45);
    } else {
      day += bill.gapDays;
    }
    // A series that would play today waits some days.
    if (day > -2 && day < 3) day = 3;
    day = Math.min(day, daysMax);
    const isLargest = index === 0;
    const venue = chooseRoom(isLargest ? ["stadium"] : bill.rooms, bill.home);
    const [low, high] = seatsByKind[venue.kind];
    const usual = index % largeStride === 1 ? largeSeats : randomInt(random, low, high);
    const state = stateOf(index, day, random);
    const when = timesOf(bill, venue, { now, day });
    return {
      facts: {
        key: `programme:${String(index + 1).padStart(3, "0")}`,
        name: bill.name,
        description: descriptionOf(bill, venue),
        category: bill.category,
        status: state.status,
        ...when,
        onSaleAt: new Date(now.getTime() + state.onSaleDays * dayMs),
        venue: venueFactsOf(venue),
        performers: bill.performers.map(performerFactsOf),
        seats: isLargest ? largestSeats : usual,
        prices: pricesOf(venue, bill.popularity),
        pricesGiven: true,
        currency: currencyOfCountry(venue.country),
      },
      popularity: bill.popularity,
      soldShare: isLargest ? 0.05 : state.soldShare,
      blockedShare: index % 29 === 13 ? 0.05 : 0,
    };
  });
}

interface State {
  readonly status: EventFacts["status"];
  /** From now; negative is the past. */
  readonly onSaleDays: number;
  readonly soldShare: number;
}

/** Fixed strides spread the rare states over the whole programme. */
function stateOf(index: number, day: number, random: () => number): State {
  const chance = random();
  const onSale = { status: "published", onSaleDays: Math.min(-20, day - 90) } as const;
  if (day < 0) return { ...onSale, soldShare: 0.6 + 0.4 * chance };
  if (index === 0) return { ...onSale, soldShare: 0 };
  if (index % 53 === 7) return { status: "draft", onSaleDays: 14, soldShare: 0 };
  if (index % 61 === 11) return { ...onSale, status: "cancelled", soldShare: 0 };
  if (index % 37 === 5 && day > 30) return { status: "published", onSaleDays: 10, soldShare: 0 };
  if (index % 47 === 3) return { ...onSale, soldShare: 1 };
  if (index % 11 === 2) return { ...onSale, soldShare: 0.97 };
  return { ...onSale, soldShare: chance < 0.3 ? chance : 0 };
}

function timesOf(
  bill: Bill,
  venue: ProgrammeVenue,
  { now, day }: { now: Date; day: number },
): Pick<EventFacts, "startsAt" | "endsAt"> {
  const today = wallTimeAt(now.getTime(), venue.timeZone);
  const wall = { ...addDays(today, day), hour: bill.hour, minute: 0, second: 0 };
  const startsAt = instantOf(wall, venue.timeZone);
  return {
    startsAt: new Date(startsAt),
    endsAt: new Date(startsAt + bill.lengthHours * 3_600_000),
  };
}

/** Goes round each kind of room, so that every one of them is used. */
function roomChooser() {
  const used = new Map<ProgrammeVenue["kind"], number>();
  let turn = 0;
  return (kinds: readonly ProgrammeVenue["kind"][], home: string | undefined): ProgrammeVenue => {
    const own = programmeVenues.find((venue) => venue.name === home);
    if (own) return own;
    const kind = kinds[turn++ % kinds.length] ?? "hall";
    const rooms = programmeVenues.filter((venue) => venue.kind === kind);
    const next = used.get(kind) ?? 0;
    used.set(kind, next + 1);
    const room = rooms[next % rooms.length];
    if (!room) throw new Error(`the programme has no ${kind}`);
    return room;
  };
}

/** Round prices that rise with how many people want to come. */
function pricesOf(venue: ProgrammeVenue, popularity: number): number[] {
  const scale = 0.4 + popularity / 80;
  const prices = defaultPrices(currencyOfCountry(venue.country));
  return prices.map((price) => Math.max(100, Math.round((price * scale) / 100) * 100));
}

function descriptionOf({ performers, category }: Bill, { name, city }: ProgrammeVenue): string {
  const who = performers.map((it) => it.name).join(", ");
  return `${category}: ${who} at ${name}, ${city}. An invented date, for trying things out.`;
}

function venueFactsOf(venue: ProgrammeVenue): EventFacts["venue"] {
  const { name, city, country, latitude, longitude, timeZone, capacity, alternateNames } = venue;
  const key = venueKey(name, city, country);
  return { key, name, city, country, latitude, longitude, timeZone, capacity, alternateNames };
}

function performerFactsOf(performer: ProgrammePerformer): EventFacts["performers"][number] {
  const { name, genre, alternateNames } = performer;
  const key = performerKey(name, isTeam(performer));
  return { key, name, genre, alternateNames, description: undefined };
}
