import fc from "fast-check";
import { expect, test } from "vitest";
import { decideRefresh, looksForNewer, statusFreshMs, statusStaleMs } from "./status-cache.ts";

const opensAt = "2026-12-01T10:00:00Z";
const opening = Date.parse(opensAt);

test.each([
  [0, 1000],
  [100_000, 1000],
  [100_001, 2000],
  [1_000_001, 3000],
  [4_000_001, 5000],
])("with %i people waiting a copy is fresh for %i ms", (waiting, freshMs) => {
  expect(statusFreshMs({ phase: "open", opensAt, waiting }, opening)).toBe(freshMs);
});

test.each([
  [3_600_000, 5000],
  [30_000, 3000],
  [1000, 1000],
  [-5000, 1000],
])("%i ms before the opening a copy is fresh for %i ms, however many wait", (ahead, freshMs) => {
  const status = { phase: "pre", opensAt, waiting: 9_000_000 } as const;
  expect(statusFreshMs(status, opening - ahead)).toBe(freshMs);
});

const copy = { ageMs: 1500, freshMs: 1000, pollsPerSecond: 50, marked: false, random: 0.5 };

test.each([
  ["a fresh one is served", { ageMs: 999, random: 0 }, "serve"],
  ["a stale one is served to most", {}, "serve"],
  ["a stale one is fetched anew by one in fifty", { random: 0.019 }, "refresh"],
  ["nobody else fetches while somebody does", { random: 0, marked: true }, "serve"],
  ["where few ask, the first one fetches", { pollsPerSecond: 1, random: 0.99 }, "refresh"],
  ["one that is too old is waited for", { ageMs: 1000 + statusStaleMs }, "wait"],
] as const)("of copies, %s", (_case, over, decision) => {
  expect(decideRefresh({ ...copy, ...over })).toBe(decision);
});

test.each([
  ["fresh", { ageMs: 999, random: 0 }, false],
  ["stale, for most", { ageMs: 1500, random: 0.5 }, false],
  ["stale, for four a second", { ageMs: 1500, random: 0.079 }, true],
  ["much too old, for all", { ageMs: 1000 + statusStaleMs, random: 0.99 }, true],
] as const)("an isolate looks for newer copies when its own is %s", (_case, over, looks) => {
  expect(looksForNewer({ ...copy, ...over })).toBe(looks);
});

test("whoever would refresh a copy has looked for a newer one", () => {
  const draws = fc.record({
    ageMs: fc.nat(20_000),
    freshMs: fc.integer({ min: 1000, max: 5000 }),
    pollsPerSecond: fc.integer({ min: 1, max: 5000 }),
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  });
  fc.assert(
    fc.property(draws, (it) => {
      const decision = decideRefresh({ ...it, marked: false });
      expect(decision === "serve" || looksForNewer(it)).toBe(true);
    }),
  );
});

/** An hour of a data centre with as many isolates, whose marks are seen by the others. */
function callsOfAnHour(isolates: number, pollsPerSecondEach: number, freshMs: number) {
  let calls = 0;
  let fetchedAt = 0;
  let arrivesAt = Number.POSITIVE_INFINITY;
  let seed = 7;
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
  const polls = 3600 * isolates * pollsPerSecondEach;
  for (let i = 0; i < polls; i++) {
    const now = (i / polls) * 3_600_000;
    if (now >= arrivesAt) [fetchedAt, arrivesAt] = [arrivesAt, Number.POSITIVE_INFINITY];
    const marked = Number.isFinite(arrivesAt);
    const ageMs = now - fetchedAt;
    const pollsPerSecond = pollsPerSecondEach;
    if (decideRefresh({ ageMs, freshMs, pollsPerSecond, marked, random: random() }) === "serve") {
      continue;
    }
    calls++;
    if (!marked) arrivesAt = now + 60;
  }
  return { calls, polls };
}

test("object calls per 1,000 polls stay below one where a data centre serves its share of millions", () => {
  // Ten million who poll each two minutes at three hundred data centres.
  const { calls, polls } = callsOfAnHour(6, 46, 5000);
  expect((1000 * calls) / polls).toBeLessThan(1);
});

test("a data centre's calls hardly grow with its isolates", () => {
  expect(callsOfAnHour(40, 10, 1000).calls).toBeLessThan(2 * callsOfAnHour(4, 10, 1000).calls);
});
