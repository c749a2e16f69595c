import { expect, test } from "vitest";
import { HotEvents } from "./hot-events.ts";

test("an event is hot once it was loaded four times within ten seconds", () => {
  const hot = new HotEvents();
  expect([0, 3_000, 6_000, 9_999].map((now) => hot.note("1", now))).toEqual([
    false,
    false,
    false,
    true,
  ]);
  expect(hot.note("1", 30_000)).toBe(false);
});

test("however many others are loaded meanwhile, an event that is asked for stays hot", () => {
  const hot = new HotEvents();
  let other = 0;
  for (let now = 0; now < 3_000; now += 1_000) {
    hot.note("1", now);
    for (let turn = 0; turn < 1_900; turn++) hot.note(`other-${other++}`, now + 1);
  }
  expect(hot.note("1", 3_000)).toBe(true);
});
