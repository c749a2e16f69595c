import { expect, test } from "vitest";
import { partitions, rankGroups, type SeatWish } from "./seat-groups.ts";
import { toSeating, type Seat, type Seating } from "./seating.ts";

test.each([
  ["the middle of the front row", ["......", "......"], { quantity: 2 }, ["1-3", "1-4"]],
  [
    "the next row when the front one is taken",
    ["xxxxxx", "......"],
    { quantity: 2 },
    ["2-3", "2-4"],
  ],
  ["no single seat left at the end of a row", ["..xx..", "xx...x"], { quantity: 1 }, ["2-3"]],
  ["the end of a gap, not its middle", [".....x"], { quantity: 3 }, ["1-3", "1-4", "1-5"]],
  ["a single seat left alone rather than none", ["x...xx"], { quantity: 2 }, ["1-3", "1-4"]],
  [
    "no seat with a restricted view while there are others",
    ["rr..rr"],
    { quantity: 2 },
    ["1-3", "1-4"],
  ],
  [
    "a seat with a restricted view rather than a row alone",
    ["rrxx.x"],
    { quantity: 2 },
    ["1-1", "1-2"],
  ],
  [
    "a restricted view before a single seat left alone",
    ["x...xx", "rrxxxx"],
    { quantity: 2 },
    ["2-1", "2-2"],
  ],
  ["no reserved seat, not even next to free ones", ["ww.www"], { quantity: 1 }, ["1-3"]],
  [
    "neighbours never across a gap in the row",
    ["x. .xx", "xxx..x"],
    { quantity: 2 },
    ["2-4", "2-5"],
  ],
  [
    "two and two rather than three and one",
    ["..x..x", "xxxxxx"],
    { quantity: 4 },
    ["1-1", "1-2", "1-4", "1-5"],
  ],
  ["all apart when there is no other way", ["x.x.x."], { quantity: 3 }, ["1-2", "1-4", "1-6"]],
  ["nothing when there are not enough", ["x.x.xx"], { quantity: 3 }, []],
  ["nothing above the price", ["......"], { quantity: 1, maxPrice: 99 }, []],
  ["nothing of another section", ["......"], { quantity: 1, section: "B" }, []],
  ["nothing at other prices", ["......"], { quantity: 1, prices: new Set([7]) }, []],
] satisfies [string, string[], SeatWish, string[]][])("%s", (_, rows, wish, expected) => {
  const { seating, taken } = hall(rows);
  const [best] = rankGroups(seating, taken, wish, 10).groups;
  expect([...(best?.ticketIds ?? [])].sort()).toEqual(expected);
});

test("dearer seats come first, whatever their row", () => {
  const cheap = { section: "A", rowIndex: 0, price: 50 };
  const dear = { section: "B", rowIndex: 9, price: 80 };
  const seating = toSeating(1, [seat("1", { ...cheap }), seat("2", { ...dear })]);
  const ids = rankGroups(seating, new Uint8Array(2), { quantity: 1 }, 10).groups;
  expect(ids.map(({ ticketIds }) => ticketIds[0])).toEqual(["2", "1"]);
});

test("a group carries the two seats on each side, and the order of its search", () => {
  const { seating, taken } = hall(["......."]);
  const { groups, keepsPairs } = rankGroups(seating, taken, { quantity: 3 }, 1);
  expect(keepsPairs).toBe(true);
  expect(groups).toEqual([
    { ticketIds: ["1-3", "1-4", "1-5"], left: ["1-1", "1-2"], right: ["1-6", "1-7"] },
  ]);
});

test("the second half of the groups shares no seat with any other", () => {
  const { seating, taken } = hall(Array(10).fill("..........") as string[]);
  const { groups } = rankGroups(seating, taken, { quantity: 2 }, 20);
  expect(groups).toHaveLength(20);
  const last = groups.slice(10).flatMap(({ ticketIds }) => ticketIds);
  expect(new Set(last).size).toBe(20);
});

test.each([
  [1, []],
  [2, [[1, 1]]],
  [
    4,
    [
      [2, 2],
      [3, 1],
      [2, 1, 1],
      [1, 1, 1, 1],
    ],
  ],
])("a party of %i splits into as few and as even parts as can be", (quantity, expected) => {
  expect(partitions(quantity)).toEqual(expected);
});

/** `.` free, `x` taken, `r` restricted view, `w` for wheelchairs, a space: no seat. Ids are row-seat, from 1. */
function hall(rows: readonly string[]): { seating: Seating; taken: Uint8Array } {
  const marks = rows.flatMap((row, rowIndex) =>
    [...row].flatMap((mark, seatIndex) => (mark === " " ? [] : [{ mark, rowIndex, seatIndex }])),
  );
  const seating = toSeating(
    1,
    marks.map(({ mark, rowIndex, seatIndex }) =>
      seat(`${rowIndex + 1}-${seatIndex + 1}`, {
        rowIndex,
        seatIndex,
        isRestricted: mark === "r",
        isReserved: mark === "w",
      }),
    ),
  );
  return { seating, taken: Uint8Array.from(marks, ({ mark }) => (mark === "x" ? 1 : 0)) };
}

function seat(id: string, fields: Partial<Seat>): Seat {
  const plain = { section: "A", rowIndex: 0, seatIndex: 0, price: 100 };
  return { id, ...plain, isReserved: false, isRestricted: false, ...fields };
}
