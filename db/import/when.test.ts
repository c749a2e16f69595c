import { expect, test } from "vitest";
import { Duration, resolveWhen, When } from "./when.ts";

const iso = (text: string, days = 0, edge: "begin" | "end" = "begin") =>
  new Date(resolveWhen(When.parse(text), "America/New_York", days, edge)).toISOString();

test.each([
  ["2026-06-11T13:00:00-06:00", "2026-06-11T19:00:00.000Z"],
  ["2026-06-11T13:00-0600", "2026-06-11T19:00:00.000Z"],
  ["2026-06-11T13:00:00.500+02", "2026-06-11T11:00:00.000Z"],
  ["2026-06-11T13:00:00Z", "2026-06-11T13:00:00.000Z"],
  ["2026-06-11T13:00:00", "2026-06-11T17:00:00.000Z"],
  ["2026-06-11 13:00", "2026-06-11T17:00:00.000Z"],
  ["2026-06-11", "2026-06-11T04:00:00.000Z"],
])("%s at a venue in New York is %s", (text, instant) => {
  expect(iso(text)).toBe(instant);
});

test("a date alone means the whole day", () => {
  expect(iso("2026-06-11", 0, "end")).toBe("2026-06-12T04:00:00.000Z");
});

test.each([
  ["with its offset", "2026-06-11T20:00:00-04:00"],
  ["by the venue's clocks", "2026-06-11T20:00:00"],
])("days later, a time given %s stays at its hour, in winter, too", (_name, text) => {
  expect(iso(text, 183)).toBe("2026-12-12T01:00:00.000Z");
});

test.each([
  "2026-02-30",
  "2026-13-01",
  "2026-06-11T25:00:00Z",
  "2026-06-11T10:61:00Z",
  "2026-06-11T10:00:00+23:00",
  "0000-01-01",
  "11.06.2026",
  "tomorrow",
  "2026-06-11T10:00:00Z junk",
  "",
])("%j is no time", (text) => {
  expect(When.safeParse(text).error?.issues[0]?.message).toContain("must be a date");
});

test.each([
  ["PT2H30M", 9_000_000],
  ["P1DT1H", 90_000_000],
  ["P2W", 1_209_600_000],
  ["PT90.5S", 90_000],
])("%s is %i ms", (text, ms) => {
  expect(Duration.parse(text)).toBe(ms);
});

test.each(["2h", "P1Y", "PT-1H", ""])("%j is no duration that can be counted", (text) => {
  expect(Duration.safeParse(text).success).toBe(false);
});
