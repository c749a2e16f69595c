import fc from "fast-check";
import { expect, test } from "vitest";
import { isSoldOut, outlookOf, type Stock } from "./stock.ts";

function stockOf(available: number, held = 0): Stock {
  return { available, held, priceRange: null, at: 0 };
}

const nobody = { claims: 0, active: 0, choosing: 0, availableAtOpening: 1000 };

test("before anybody has bought, two seats each are expected", () => {
  expect(outlookOf(stockOf(1000), nobody).admissible).toBe(500);
});

test("it learns how many seats a pass takes from the passes that are over", () => {
  const admitted = { claims: 200, active: 0, choosing: 0, availableAtOpening: 1000 };
  const greedy = outlookOf(stockOf(200), admitted).admissible; // four each
  const modest = outlookOf(stockOf(800), admitted).admissible; // one each
  expect(greedy).toBeLessThan(200 / 3.5);
  expect(modest).toBeGreaterThan(800 / 1.2);
});

test("those who still choose are expected to take their share first", () => {
  const admitted = { claims: 100, active: 100, choosing: 100, availableAtOpening: 300 };
  expect(outlookOf(stockOf(300), admitted).admissible).toBe((300 - 200) / 2);
});

test("a fifth of what is held is expected back", () => {
  const admitted = { claims: 50, active: 50, choosing: 0 };
  const none = outlookOf(stockOf(100, 0), { ...admitted, availableAtOpening: 100 });
  const some = outlookOf(stockOf(100, 100), { ...admitted, availableAtOpening: 200 });
  expect(some.admissible - none.admissible).toBeCloseTo(20 / 2, 5);
});

test("the last seats are offered to one person each, so that a sale comes to its end", () => {
  const admitted = { claims: 500, active: 0, choosing: 0, availableAtOpening: 2000 };
  expect(outlookOf(stockOf(3), admitted).admissible).toBe(3);
});

test("the outlook is never negative, and nothing is to be had from nothing", () => {
  const figures = fc.record({
    available: fc.nat(1000),
    held: fc.nat(1000),
    claims: fc.nat(5000),
    active: fc.nat(5000),
    choosing: fc.nat(5000),
    availableAtOpening: fc.nat(5000),
  });
  fc.assert(
    fc.property(figures, ({ available, held, ...admitted }) => {
      const { admissible } = outlookOf(stockOf(available, held), admitted);
      expect(admissible).toBeGreaterThanOrEqual(0);
      expect(admissible).toBeLessThanOrEqual((available + held) / 0.1);
      expect(admissible > 0 && available + held === 0).toBe(false);
    }),
  );
});

test("sold out is when nothing is left and nothing can come back", () => {
  expect([stockOf(0, 0), stockOf(0, 1), stockOf(1, 0)].map(isSoldOut)).toEqual([
    true,
    false,
    false,
  ]);
});
