import fc from "fast-check";
import { expect, test } from "vitest";
import { countStatuses, packStatuses, unpackStatuses } from "./availability-bits.ts";

const statuses = fc.array(fc.constantFrom("available", "held", "booked", "blocked"));

test("unpacking gives back what was packed, for every length", () => {
  fc.assert(
    fc.property(statuses, (list) => {
      expect(unpackStatuses(packStatuses(list), list.length)).toEqual(list);
    }),
  );
});

test("the first ticket sits in the lowest two bits", () => {
  expect(packStatuses(["held", "booked", "blocked", "available"])).toBe(btoa("\x39"));
});

test("60,000 seats fit in 15,000 bytes", () => {
  expect(atob(packStatuses(Array.from({ length: 60_000 }, () => "booked")))).toHaveLength(15_000);
});

test("a packed text that is too short is refused", () => {
  expect(() => unpackStatuses(packStatuses(["held"]), 5)).toThrow(RangeError);
});

test("counts name every status", () => {
  expect(countStatuses(["held", "held", "booked"])).toEqual({
    available: 0,
    held: 2,
    booked: 1,
    blocked: 0,
  });
});
