import { expect, test } from "vitest";
import { backoffMs } from "./clock.ts";

test("waits double up to the most, each somewhere in its upper half", () => {
  const ceilings = [0, 1, 2, 3, 50].map((attempt) => backoffMs(attempt, 100, 500, () => 1));
  expect(ceilings).toEqual([100, 200, 400, 500, 500]);
  expect(backoffMs(2, 100, 500, () => 0)).toBe(200);
});
