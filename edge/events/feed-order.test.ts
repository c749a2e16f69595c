import { expect, test } from "vitest";
import { judgeBatch } from "./feed-order.ts";

test.each([
  ["the first ever", undefined, { epoch: 3, from: 1, to: 2 }, "gap"],
  ["the next in order", { epoch: 3, to: 7 }, { epoch: 3, from: 8, to: 8 }, "next"],
  ["one that overlaps what was taken", { epoch: 3, to: 7 }, { epoch: 3, from: 6, to: 9 }, "next"],
  ["the last one again", { epoch: 3, to: 7 }, { epoch: 3, from: 7, to: 7 }, "again"],
  ["a late one", { epoch: 3, to: 7 }, { epoch: 3, from: 1, to: 4 }, "again"],
  ["one after a missing one", { epoch: 3, to: 7 }, { epoch: 3, from: 9, to: 9 }, "gap"],
  ["the first of a new epoch", { epoch: 3, to: 7 }, { epoch: 4, from: 1, to: 1 }, "gap"],
  [
    "one of a new epoch with high numbers",
    { epoch: 3, to: 7 },
    { epoch: 4, from: 8, to: 8 },
    "gap",
  ],
  ["one of a restored database", { epoch: 3, to: 7 }, { epoch: 2, from: 8, to: 8 }, "gap"],
] as const)("%s is taken as such", (_, last, batch, order) => {
  expect(judgeBatch(last, batch)).toBe(order);
});
