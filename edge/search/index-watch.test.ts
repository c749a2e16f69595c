import { expect, test } from "vitest";
import { IndexWatch } from "./index-watch.ts";

/** One that has seen a whole index and then a failure. */
function doubting(documents = 1_000): IndexWatch {
  const watch = new IndexWatch();
  watch.isWhole(documents, 0);
  watch.failed();
  return watch;
}

test("without a failure any number of documents is believed", () => {
  const watch = new IndexWatch();
  expect([1_000, 10, 0, 5].map((documents) => watch.isWhole(documents, 0))).toEqual([
    true,
    true,
    true,
    true,
  ]);
});

test("after a failure an index that is being read back is not believed until it is whole", () => {
  const watch = doubting();
  expect([100, 500, 980, 1_000].map((documents, at) => watch.isWhole(documents, at))).toEqual([
    false,
    false,
    false,
    true,
  ]);
  expect(watch.isWhole(500, 5)).toBe(true); // whole once, and never failed since
});

test("an index that stays smaller is believed in the end", () => {
  const watch = doubting();
  expect(watch.isWhole(500, 1_000)).toBe(false);
  expect(watch.isWhole(500, 30_999)).toBe(false);
  expect(watch.isWhole(500, 31_000)).toBe(true);
  expect(watch.known).toBe(500);
});

test("as long as it grows it is not believed", () => {
  const watch = doubting();
  for (let turn = 0; turn < 90; turn++) expect(watch.isWhole(turn, turn * 20_000)).toBe(false);
});

test("who begins during a recovery goes by what others have seen", () => {
  const watch = new IndexWatch();
  watch.learn(1_000);
  expect(watch.isWhole(400, 0)).toBe(false);
  expect(watch.isWhole(1_000, 1)).toBe(true);
  watch.learn(5_000); // it knows better
  expect(watch.isWhole(1_000, 2)).toBe(true);
});

test("an index that nobody has seen before is believed", () => {
  const watch = new IndexWatch();
  watch.failed();
  expect(watch.isWhole(3, 0)).toBe(true);
});
