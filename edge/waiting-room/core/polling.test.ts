import fc from "fast-check";
import { expect, test } from "vitest";
import { nextPollSeconds, pollBounds, type PollInput } from "./polling.ts";

const input: PollInput = {
  phase: "open",
  etaSeconds: 300,
  secondsToOpening: 0,
  waiting: 1000,
  pollMinSeconds: 5,
  pollMaxSeconds: 60,
  random: 0.5,
};

test.each<[string, Partial<PollInput>, number]>([
  ["a tenth of the time left", {}, 30],
  ["not more often than the least", { etaSeconds: 3 }, 5],
  ["not more rarely than the most", { etaSeconds: 90_000 }, 60],
  ["as rarely as may be while nobody comes up", { etaSeconds: null }, 60],
  ["half as rarely while it is paused", { phase: "paused" }, 30],
  ["as rarely as may be when all is sold", { phase: "sold-out" }, 60],
  ["right after an opening that is near", { phase: "pre", secondsToOpening: 20 }, 23.5],
  ["as rarely as may be long before the opening", { phase: "pre", secondsToOpening: 3600 }, 60],
  ["soon while the opening is due", { phase: "pre", secondsToOpening: 0 }, 5],
])("people ask again %s", (_case, over, seconds) => {
  expect(nextPollSeconds({ ...input, ...over })).toBeCloseTo(seconds, 5);
});

test("the jitter is a fifth at most, in both directions", () => {
  expect(nextPollSeconds({ ...input, random: 0 })).toBeCloseTo(24, 5);
  expect(nextPollSeconds({ ...input, random: 1 })).toBeCloseTo(36, 5);
});

test("the more people wait, the rarer they may ask, and never below the least", () => {
  const bounds = [0, 100_000, 1_000_001, 4_000_001].map(pollBounds);
  expect(bounds.map((it) => it.pollMaxSeconds)).toEqual([60, 60, 90, 120]);
  expect(bounds.every((it) => it.pollMinSeconds === 5)).toBe(true);
});

test("ten million who wait for the opening do not come back in the same second", () => {
  const seconds = Array.from({ length: 1000 }, (_, i) =>
    Math.floor(
      nextPollSeconds({
        ...input,
        phase: "pre",
        secondsToOpening: 30,
        waiting: 10_000_000,
        pollMaxSeconds: 120,
        random: i / 1000,
      }),
    ),
  );
  const most = Math.max(...seconds.map((it) => seconds.filter((other) => other === it).length));
  expect(most / seconds.length).toBeLessThan(1 / 35); // 10 M / 250,000 a second: 40 seconds
});

test("a poll is never due at once, nor later than the most and a fifth", () => {
  const phases = fc.constantFrom("pre", "open", "paused", "closed", "sold-out" as const);
  const anything = fc.record({
    phase: phases,
    etaSeconds: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })),
    secondsToOpening: fc.double({ min: -10, max: 1e5, noNaN: true }),
    random: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(anything, (it) => {
      const seconds = nextPollSeconds({ ...input, ...it });
      expect(seconds).toBeGreaterThanOrEqual(1);
      expect(seconds).toBeLessThanOrEqual(60 * 1.2 + 1e-9);
    }),
  );
});
