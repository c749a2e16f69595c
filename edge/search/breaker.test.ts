import { expect, test } from "vitest";
import { Breaker } from "./breaker.ts";

/** A breaker that three failures have just opened. */
function opened(now: number, pauseMs?: number): Breaker {
  const breaker = new Breaker();
  for (let failure = 0; failure < 3; failure++) breaker.failed(now, pauseMs);
  return breaker;
}

test("it takes three failures in a row", () => {
  const breaker = new Breaker();
  breaker.failed(0);
  breaker.failed(0);
  breaker.succeeded();
  breaker.failed(0);
  breaker.failed(0);
  expect(breaker.isOpen(0)).toBe(false);
  breaker.failed(0);
  expect(breaker.isOpen(0)).toBe(true);
});

test("one is let through after three seconds, and nobody else until that one is answered", () => {
  const breaker = opened(1_000);
  expect([2_000, 3_999].map((now) => breaker.isOpen(now))).toEqual([true, true]);
  expect([4_000, 4_001, 6_999].map((now) => breaker.isOpen(now))).toEqual([false, true, true]);
  breaker.succeeded();
  expect(breaker.isOpen(4_002)).toBe(false);
});

test("who lives but is not ready is asked again sooner", () => {
  const breaker = opened(1_000, 500);
  expect([1_499, 1_500].map((now) => breaker.isOpen(now))).toEqual([true, false]);
  breaker.failed(1_510, 500);
  expect([2_009, 2_010].map((now) => breaker.isOpen(now))).toEqual([true, false]);
});
