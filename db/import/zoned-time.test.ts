import fc from "fast-check";
import { expect, test } from "vitest";
import { addDays, instantOf, wallTimeAt, zoneOffsetMs, type WallTime } from "./zoned-time.ts";

const at = (text: string): WallTime => wallTimeAt(Date.parse(`${text}Z`), "UTC");

test.each([
  ["Europe/Berlin", "2026-07-01T20:00:00", "2026-07-01T18:00:00.000Z"],
  ["Europe/Berlin", "2026-12-01T20:00:00", "2026-12-01T19:00:00.000Z"],
  ["America/Mexico_City", "2026-06-11T13:00:00", "2026-06-11T19:00:00.000Z"],
  ["Asia/Kathmandu", "2026-06-11T00:30:00", "2026-06-10T18:45:00.000Z"],
  ["Europe/Berlin, an hour that is skipped", "2026-03-29T02:30:00", "2026-03-29T01:30:00.000Z"],
  ["Europe/Berlin, an hour that comes twice", "2026-10-25T02:30:00", "2026-10-25T00:30:00.000Z"],
  ["Pacific/Apia, east of the date line", "2026-01-01T00:00:00", "2025-12-31T11:00:00.000Z"],
])("%s: %s is %s", (zone, wall, instant) => {
  const [name = ""] = zone.split(",");
  expect(new Date(instantOf(at(wall), name)).toISOString()).toBe(instant);
});

test("in every zone, what the clocks show at an instant leads back to a moment that shows the same", () => {
  const zones = Intl.supportedValuesOf("timeZone");
  const seconds = fc.integer({ min: 0, max: 4_000_000_000 });
  fc.assert(
    fc.property(fc.constantFrom(...zones), seconds, (zone, second) => {
      const wall = wallTimeAt(second * 1000, zone);
      expect(wallTimeAt(instantOf(wall, zone), zone)).toEqual(wall);
    }),
    { numRuns: 300 },
  );
});

test("days are added on the calendar, over the ends of months and years", () => {
  expect(addDays(at("2026-12-31T23:30:00"), 1461)).toEqual(at("2030-12-31T23:30:00"));
  expect(addDays(at("2028-03-01T08:00:00"), -1)).toEqual(at("2028-02-29T08:00:00"));
});

test("an unknown zone is a RangeError", () => {
  expect(() => zoneOffsetMs(0, "Mars/Olympus")).toThrow(RangeError);
});
