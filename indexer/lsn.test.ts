import fc from "fast-check";
import { expect, test } from "vitest";
import { earlier, formatLsn, lsnToNumber, parseLsn } from "./lsn.ts";

test("positions are read and written as Postgres does", () => {
  expect(parseLsn("16/B374D848")).toBe(0x16b374d848n);
  expect(formatLsn(0x16b374d848n)).toBe("16/B374D848");
  fc.assert(fc.property(fc.bigInt(0n, 2n ** 64n - 1n), (lsn) => parseLsn(formatLsn(lsn)) === lsn));
});

test("positions are ordered as numbers, not as text", () => {
  const ascending = ["0/9FFFFFF", "0/10000000", "1/0"];
  expect(ascending.toSorted()).not.toEqual(ascending);
  expect(
    ascending
      .map(parseLsn)
      .toSorted((a, b) => Number(a - b))
      .map(formatLsn),
  ).toEqual(ascending);
});

test("what is no position is refused", () => {
  expect(() => parseLsn("0/")).toThrow(TypeError);
  expect(() => lsnToNumber(2n ** 53n)).toThrow(RangeError);
});

test("the earlier of two, where null means none", () => {
  expect([earlier(2n, 1n), earlier(null, 1n), earlier(1n, null), earlier(null, null)]).toEqual([
    1n,
    1n,
    1n,
    null,
  ]);
});
