import fc from "fast-check";
import { expect, test } from "vitest";
import { isVisible, parseSnapshot, widenXid } from "./snapshot.ts";

const span = 2 ** 32;

test("a transaction is visible when it is finished: below, or between and not running", () => {
  const snapshot = parseSnapshot("100:110:100,105");
  expect([99, 100, 104, 105, 109, 110, 111].map((xid) => isVisible(xid, snapshot))).toEqual([
    true,
    false,
    true,
    false,
    true,
    false,
    false,
  ]);
});

test("visibility need not follow order: a later one may be visible before an earlier one", () => {
  const snapshot = parseSnapshot("100:110:101");
  expect(isVisible(105, snapshot)).toBe(true);
  expect(isVisible(101, snapshot)).toBe(false);
});

test("32-bit ids are widened across the wrap, from either side of it", () => {
  const after = parseSnapshot(`${3 * span - 5}:${3 * span + 10}:`);
  expect(widenXid(span - 3, after)).toBe(3 * span - 3);
  expect(isVisible(span - 6, after)).toBe(true);
  const before = parseSnapshot(`${3 * span - 5}:${3 * span - 2}:`);
  expect(widenXid(4, before)).toBe(3 * span + 4);
  expect(isVisible(4, before)).toBe(false);
});

test("ids above 2^31 are unsigned, and any id within half the span of now keeps its value", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: span, max: 2 ** 50 }),
      fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 }),
      (xmax, distance) => {
        const wide = xmax + distance;
        const snapshot = { xmin: xmax, xmax, running: new Set<number>() };
        expect(widenXid(wide % span, snapshot)).toBe(wide);
      },
    ),
  );
});

test("what is no snapshot is refused", () => {
  expect(() => parseSnapshot("")).toThrow(TypeError);
});
