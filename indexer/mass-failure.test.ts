import { expect, test } from "vitest";
import { FailureWindow } from "./mass-failure.ts";

const ids = (count: number, from = 0) => Array.from({ length: count }, (_, n) => String(from + n));

test.each([
  { failed: 1, of: 500, stops: false },
  { failed: 1, of: 1, stops: false },
  { failed: 9, of: 9, stops: false },
  { failed: 10, of: 51, stops: false },
  { failed: 10, of: 50, stops: true },
  { failed: 49, of: 5_000, stops: false },
  { failed: 50, of: 5_000, stops: true },
])("$failed of $of refused: stop is $stops", ({ failed, of, stops }) => {
  expect(new FailureWindow().note(ids(failed), of, 0)).toBe(stops);
});

test("fifty different documents within a minute are too many, one again and again is not", () => {
  const same = new FailureWindow();
  for (let turn = 0; turn < 100; turn += 1) expect(same.note(["1"], 10, turn)).toBe(false);
  const slow = new FailureWindow();
  for (let turn = 0; turn < 100; turn += 1) {
    expect(slow.note([String(turn)], 10, turn * 2_000)).toBe(false);
  }
  const fast = new FailureWindow();
  const stops = ids(60).map((id, turn) => fast.note([id], 10, turn));
  expect(stops.indexOf(true)).toBe(49);
});
