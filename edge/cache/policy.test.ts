import { expect, test } from "vitest";
import { judgeAge, patienceLeftMs, planRequest } from "./policy.ts";

const lifetimes = { freshMs: 1_000, refreshMs: 1_500, onErrorMs: 60_000 };

test.each([
  [-5, "fresh"],
  [999, "fresh"],
  [1_000, "soft"],
  [1_499, "soft"],
  [1_500, "hard"],
  [59_999, "hard"],
  [60_000, "gone"],
] as const)("an answer of %i ms is %s", (ageMs, age) => {
  expect(judgeAge(ageMs, lifetimes)).toBe(age);
});

test.each([
  [undefined, undefined, "load"],
  ["gone", 0, "load"],
  ["fresh", 0, "serve"],
  ["soft", undefined, "serve-and-refresh"],
  ["soft", 999, "serve"],
  ["hard", undefined, "load-or-stale"],
  ["hard", 999, "serve"],
  ["hard", 4_999, "serve-and-refresh"],
  ["hard", 5_000, "load-or-stale"],
] as const)("a copy that is %s, %s ms after a failure: %s", (age, failedAgoMs, plan) => {
  expect(planRequest(age, failedAgoMs)).toBe(plan);
});

test("who comes late to a load waits only what is left, and not at all for a hung one", () => {
  expect(patienceLeftMs(700, 0)).toBe(700);
  expect(patienceLeftMs(700, 500)).toBe(200);
  expect(patienceLeftMs(700, 3_000)).toBe(0);
});
