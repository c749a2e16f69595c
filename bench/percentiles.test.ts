import { expect, test } from "vitest";
import { percentile, percentiles } from "./percentiles.ts";

test("the rank is the smallest sample that covers the share", () => {
  const samples = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(percentiles(samples)).toEqual({ p50: 50, p95: 95, p99: 99, max: 100 });
  expect(percentile(samples, 0.999)).toBe(100);
});

test("without samples there is no figure, rather than a zero", () => {
  expect(percentiles([]).p99).toBeNaN();
});
