import { expect, test } from "vitest";
import { Moments } from "./moments.ts";

test("as many keys are remembered as were said, the youngest", () => {
  const moments = new Moments(3);
  for (let at = 1; at <= 100; at++) moments.set(`k${at}`, at);
  expect(moments.size).toBe(3);
  expect([moments.get("k97"), moments.get("k98"), moments.get("k100")]).toEqual([
    undefined,
    98,
    100,
  ]);
});

test("a key that comes again is young again", () => {
  const moments = new Moments(2);
  moments.set("a", 1);
  moments.set("b", 2);
  moments.set("a", 3);
  moments.set("c", 4);
  expect([moments.get("a"), moments.get("b"), moments.get("c")]).toEqual([3, undefined, 4]);
});

test("of what was forgotten it is known how late it was at most", () => {
  const moments = new Moments(1);
  moments.set("a", 5);
  expect(moments.floor).toBe(0);
  moments.set("b", 9);
  expect(moments.floor).toBe(5);
});
