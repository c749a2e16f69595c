import fc from "fast-check";
import { expect, test } from "vitest";
import { packStatuses } from "../../contracts/availability-bits.ts";
import { decodePlan, encodePlan } from "../../contracts/plan-codec.ts";
import { nextStep, readMessage } from "./live.ts";
import { nameSeats } from "./names.ts";
import { createStates } from "./states.ts";
import { stadiumPlan } from "./testing-plans.ts";

const sections = [
  { from: 0, count: 3 },
  { from: 3, count: 4 },
];
const changes = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 3 })));

test("the free seats of a section are counted right, whatever changes and whatever the price limit", () => {
  fc.assert(
    fc.property(fc.array(changes), fc.integer({ min: 0, max: 2 }), (batches, limit) => {
      const states = createStates(sections, () => [0, 1, 2, 0, 1, 2, 0]);
      for (const [nth, batch] of batches.entries()) {
        if (nth === 1) states.limitPrice(limit);
        states.apply(batch);
      }
      const most = batches.length > 1 ? limit : 2;
      const expected = sections.map(
        ({ from, count }) =>
          Array.from({ length: count }, (_, nth) => from + nth).filter(
            (index) => states.status(index) === 0 && index % 3 <= most,
          ).length,
      );
      expect([...states.free]).toEqual(expected);
    }),
  );
});

test.each(["before the first picture", "after it"])(
  "changes lead to the same seats as a snapshot %s",
  (when) => {
    fc.assert(
      fc.property(changes, changes, (earlier, batch) => {
        const changed = createStates(sections, () => [0, 0, 0, 0, 0, 0, 0]);
        changed.apply(batch);
        const names = ["available", "held", "booked", "blocked"] as const;
        const loaded = createStates(sections, () => [0, 0, 0, 0, 0, 0, 0]);
        if (when === "after it") loaded.takeChanged();
        loaded.apply(earlier);
        const bits = [0, 1, 2, 3, 4, 5, 6].map(changed.status);
        loaded.load(packStatuses(bits.map((one) => names[one] ?? "blocked")));
        expect([0, 1, 2, 3, 4, 5, 6].map(loaded.status)).toEqual(bits);
        expect(loaded.free).toEqual(changed.free);
      }),
    );
  },
);

test("a chosen seat that somebody else gets is reported lost, by a change and by a snapshot", () => {
  const states = createStates(sections, () => [0, 0, 0, 0, 0, 0, 0]);
  states.choose(1, true);
  states.choose(4, true);
  expect(states.apply([[2, 1]])).toEqual([]);
  expect(states.apply([[4, 1]])).toEqual([4]);
  states.choose(4, false);
  expect(states.load(packStatuses(["available", "booked", "available"]))).toEqual([1]);
});

test("only what looks different is painted again", () => {
  const states = createStates(sections, () => [0, 0, 0, 0, 0, 0, 0]);
  expect(states.takeChanged()).toBe("all");
  states.apply([
    [2, 1],
    [3, 0],
  ]);
  states.choose(5, true);
  expect(states.takeChanged()).toEqual([2, 5]);
  expect(states.takeChanged()).toEqual([]);
});

test("every seat is named as the plan names it, and found by its id", () => {
  const plan = stadiumPlan();
  const names = nameSeats(plan);
  const wrong = decodePlan(plan).filter(({ index, ...seat }) => {
    const name = names.name(index);
    return JSON.stringify(name) !== JSON.stringify(seat) || names.indexOf(seat.id) !== index;
  });
  expect(wrong).toEqual([]);
  expect([names.indexOf("0"), names.indexOf("60001")]).toEqual([-1, -1]);
});

test("a seat is found where ids jump", () => {
  const price = { amount: 1, currency: "EUR" };
  const plan = encodePlan(
    ["5", "6", "900719925474099267", "3"].map((id) => ({
      id,
      section: "A",
      row: "1",
      seat: id,
      price,
    })),
    1,
  );
  const { indexOf } = nameSeats(plan);
  expect(["5", "6", "900719925474099267", "3", "7"].map(indexOf)).toEqual([0, 1, 2, 3, -1]);
});

test.each([
  ["the first message is a snapshot", undefined, { seq: 7, statuses: "AA==" }, "load"],
  ["the next in order", 7, { seq: 8, changes: [] }, "apply"],
  ["one again", 7, { seq: 7, changes: [] }, "stale"],
  ["one is missing", 7, { seq: 9, changes: [] }, "gap"],
  ["changes before any snapshot", undefined, { seq: 9, changes: [] }, "gap"],
  ["a snapshot after a restart, with a lower number", 7, { seq: 1, statuses: "AA==" }, "load"],
] as const)("live: %s", (_, last, message, step) => {
  expect(nextStep(last, message).step).toBe(step);
});

test.each([
  "",
  "no json",
  "[]",
  '{"seq":"1","changes":[]}',
  '{"seq":1,"changes":[[1,9]]}',
  '{"seq":1,"changes":[[1]]}',
])("%s is no message", (text) => {
  expect(readMessage(text)).toBeUndefined();
});
