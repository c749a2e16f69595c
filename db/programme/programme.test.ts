import { expect, test } from "vitest";
import { TimeZone } from "../../contracts/time.ts";
import { countryCode } from "../import/countries.ts";
import { timeZoneAt } from "../import/time-zone.ts";
import { wallTimeAt, zoneOffsetMs } from "../import/zoned-time.ts";
import { programmePerformers } from "./performers.ts";
import { largestSeats, makeProgramme } from "./programme.ts";
import { createRandom, randomInt, randomOf } from "./random.ts";
import { programmeVenues } from "./venues.ts";

const now = new Date("2026-11-23T12:00:00Z");
const programme = makeProgramme(now);
const days = (date: Date | undefined) => ((date?.getTime() ?? 0) - now.getTime()) / 86_400_000;

test("the programme is as large as it says", () => {
  expect(programme.length).toBeGreaterThanOrEqual(300);
  expect(new Set(programme.map(({ facts }) => facts.key)).size).toBe(programme.length);
  expect(new Set(programme.map(({ facts }) => facts.venue.key)).size).toBe(programmeVenues.length);
  expect(programmeVenues.length).toBeGreaterThanOrEqual(40);
  const performing = programme.flatMap(({ facts }) => facts.performers.map((it) => it.key));
  expect(new Set(performing).size).toBe(programmePerformers.length);
  expect(programmePerformers.length).toBeGreaterThanOrEqual(60);
});

test("one event has 60,000 seats and is on sale, the others have 50 to 2,000", () => {
  const seats = programme.map(({ facts }) => facts.seats);
  expect(seats.filter((it) => it > 2_000)).toEqual([largestSeats]);
  expect(Math.min(...seats)).toBeGreaterThanOrEqual(50);
  const largest = programme.find(({ facts }) => facts.seats === largestSeats)?.facts;
  expect(largest).toMatchObject({ status: "published" });
  expect(days(largest?.onSaleAt)).toBeLessThan(0);
  expect(days(largest?.startsAt)).toBeGreaterThan(2);
});

test("it is the same at every call, and its dates follow now", () => {
  expect(makeProgramme(now)).toEqual(programme);
  const later = makeProgramme(new Date(now.getTime() + 7 * 86_400_000));
  expect(later.map(({ facts }) => facts.name)).toEqual(programme.map(({ facts }) => facts.name));
  expect(later[0]?.facts.startsAt).not.toEqual(programme[0]?.facts.startsAt);
});

test("most dates come in the next 300 days, some are over, none is about to begin", () => {
  const starts = programme.map(({ facts }) => days(facts.startsAt));
  const over = starts.filter((it) => it < 0);
  expect(over.length).toBeGreaterThan(5);
  expect(over.length).toBeLessThan(programme.length / 10);
  expect(Math.max(...starts)).toBeLessThan(302);
  expect(starts.filter((it) => Math.abs(it) < 1)).toEqual([]);
});

test("every date begins in the afternoon or evening of its venue and ends after that", () => {
  for (const { facts } of programme) {
    const { hour, minute } = wallTimeAt(facts.startsAt.getTime(), facts.venue.timeZone);
    expect(hour).toBeGreaterThanOrEqual(13);
    expect(minute).toBe(0);
    expect(facts.endsAt.getTime()).toBeGreaterThan(facts.startsAt.getTime());
  }
});

test.each([
  ["drafts", () => programme.filter(({ facts }) => facts.status === "draft")],
  ["cancelled ones", () => programme.filter(({ facts }) => facts.status === "cancelled")],
  [
    "ones that are not on sale yet",
    () => programme.filter(({ facts }) => facts.status === "published" && days(facts.onSaleAt) > 0),
  ],
  ["sold-out ones", () => programme.filter((it) => it.soldShare === 1)],
  ["nearly sold-out ones", () => programme.filter((it) => it.soldShare === 0.97)],
  ["ones with seats kept back", () => programme.filter((it) => it.blockedShare > 0)],
])("there are %s, but few", (_name, filter) => {
  expect(filter().length).toBeGreaterThanOrEqual(5);
  expect(filter().length).toBeLessThan(programme.length / 8);
});

test("nothing is sold of what is not, or no more, on sale", () => {
  const sold = programme.filter((it) => it.soldShare > 0);
  for (const { facts } of sold) {
    expect(facts.status).toBe("published");
    expect(days(facts.onSaleAt)).toBeLessThanOrEqual(-20);
  }
});

test.each(programmeVenues.map((it) => [it.name, it] as const))(
  "%s stands where its country and its clocks say",
  (_name, { country, latitude, longitude, timeZone }) => {
    expect(TimeZone.safeParse(timeZone).success).toBe(true);
    expect(countryCode(country)).toBe(country);
    const there = timeZoneAt(latitude, longitude);
    for (const month of ["2026-01", "2026-07"]) {
      const at = Date.parse(`${month}-15T00:00:00Z`);
      expect(zoneOffsetMs(at, timeZone)).toBe(zoneOffsetMs(at, there));
    }
  },
);

test.each([
  "Taylor Swift",
  "Beyoncé",
  "AC/DC",
  "Queens of the Stone Age",
  "Red Hot Chili Peppers",
  "Twenty One Pilots",
  "blink-182",
])("%s plays within the programme, to be found by those who cannot spell it", (name) => {
  const playing = programme.filter(
    ({ facts }) =>
      facts.status === "published" &&
      days(facts.startsAt) > 0 &&
      facts.performers.some((it) => it.name === name),
  );
  expect(playing.length).toBeGreaterThanOrEqual(1);
});

test("Madison Square Garden has dates to come", () => {
  const there = programme.filter(({ facts }) => facts.venue.name === "Madison Square Garden");
  expect(there.filter(({ facts }) => days(facts.startsAt) > 0).length).toBeGreaterThanOrEqual(3);
  expect(there[0]?.facts.venue.alternateNames).toContain("MSG");
});

test("random numbers keep to their bounds, and an empty list has none", () => {
  const random = createRandom(1);
  const drawn = Array.from({ length: 1_000 }, () => randomInt(random, 3, 5));
  expect([...new Set(drawn)].sort()).toEqual([3, 4, 5]);
  expect(() => randomOf(random, [])).toThrow(RangeError);
});
