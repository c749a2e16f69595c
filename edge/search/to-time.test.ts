import fc from "fast-check";
import { expect, test } from "vitest";
import { toTime } from "./to-time.ts";

test("a time is written as a Date writes it, on any day there is", () => {
  const farthest = 8_640_000_000_000;
  const seconds = fc.oneof(
    fc.integer({ min: -farthest, max: farthest }),
    fc.integer({ min: 1_700_000_000, max: 2_000_000_000 }),
  );
  fc.assert(
    fc.property(seconds, (it) => {
      expect(toTime(it)).toBe(new Date(it * 1_000).toISOString());
    }),
    { numRuns: 5_000 },
  );
  expect(() => toTime(farthest + 86_400)).toThrow(RangeError);
});
