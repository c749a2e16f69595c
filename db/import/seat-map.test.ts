import fc from "fast-check";
import { expect, test } from "vitest";
import { rowName, seatMap, seatsInRow, seatsMax } from "./seat-map.ts";

const prices = [12_000, 8_500, 6_000, 4_000];

test("a map has exactly the seats that were asked for, in sections of their own names", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: seatsMax }), (count) => {
      const sections = seatMap(count, prices);
      const rows = sections.flatMap((section) =>
        Array.from({ length: section.rows }, (_, row) => seatsInRow(section, row)),
      );
      expect(Math.min(...rows)).toBeGreaterThan(0);
      expect(rows.reduce((sum, seats) => sum + seats, 0)).toBe(count);
      expect(new Set(sections.map((it) => it.name)).size).toBe(sections.length);
      expect(sections.length).toBeLessThanOrEqual(500);
    }),
    { numRuns: 40 },
  );
});

test.each([
  [1, 1, 1],
  [2, 2, 2],
  [50, 3, 3],
  [1_000, 6, 4],
  [2_000, 12, 4],
  [60_000, 150, 4],
])("%i seats: %i sections in %i prices", (count, sections, bands) => {
  const map = seatMap(count, prices);
  expect(map).toHaveLength(sections);
  expect(new Set(map.map((it) => it.price)).size).toBe(bands);
  expect(map.at(-1)?.price).toBe(count === 1 ? 12_000 : 4_000);
});

test("a map for more seats can stand beside an older one", () => {
  const names = new Set(seatMap(2_000, prices).map((it) => it.name));
  for (const { name } of seatMap(81_000, prices, 3)) expect(names).not.toContain(name);
});

test("sections are named by tier and place, rows by letters", () => {
  expect(seatMap(2_000, prices).map((it) => it.name)).toEqual(
    "101 102 103 104 105 106 201 202 203 204 205 206".split(" "),
  );
  expect([0, 25, 26, 51, 52, 701, 702].map(rowName)).toEqual("A Z AA AZ BA ZZ AAA".split(" "));
});
