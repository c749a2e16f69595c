import fc from "fast-check";
import { expect, test } from "vitest";
import { countSeats } from "../../contracts/plan-codec.ts";
import { seatAt, sectionAt, zoomAnchor } from "./hit.ts";
import { layOut, type Layout } from "./layout.ts";
import { planOf, section, stadiumPlan, theatrePlan } from "./testing-plans.ts";
import { fit, overlaps, scaleMax, seen, zoomAt } from "./view.ts";

const sections = fc
  .array(
    fc.record({
      name: fc.constantFrom("101", "102", "215", "Floor", "Standing", "A", "Balcony left", "347"),
      rows: fc.integer({ min: 1, max: 30 }),
      seats: fc.integer({ min: 1, max: 45 }),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((list) => list.map(({ name, rows, seats }) => section(name, rows, seats)));

test("a plan is laid out the same way every time, every seat at a finite place within the bounds", () => {
  fc.assert(
    fc.property(sections, (list) => {
      const plan = planOf(list);
      const layout = layOut(plan);
      const picture = ({ kind, x, y, stage, bounds }: Layout) => ({ kind, x, y, stage, bounds });
      expect(picture(layOut(plan))).toEqual(picture(layout));
      expect(layOut(plan).sections).toEqual(layout.sections);
      expect(layout.x).toHaveLength(countSeats(plan.sections));
      const { left, right, top, bottom } = layout.bounds;
      expect(layout.x.every((x) => x >= left && x <= right)).toBe(true);
      expect(layout.y.every((y) => y >= top && y <= bottom)).toBe(true);
      expect(layout.sections.map(({ name }) => name)).toEqual(list.map(({ name }) => name));
    }),
    { numRuns: 60 },
  );
});

test("seats that are placed in several goes stand where they stand when placed at once", () => {
  const [whole, sliced] = [layOut(stadiumPlan()), layOut(stadiumPlan())];
  let [goes, asked] = [0, 0];
  while (!sliced.placeSeats(() => ++asked % 8 === 0)) goes++;
  expect(goes).toBeGreaterThan(10);
  expect([sliced.x, sliced.y]).toEqual([whole.x, whole.y]);
  // Whoever needs a seat before that gets it.
  const begun = layOut(stadiumPlan());
  begun.placeSeats(() => true);
  expect(begun.x).toEqual(whole.x);
});

test("no two seats of any generated plan come closer than 0.9 of a pitch", () => {
  fc.assert(
    fc.property(sections, (list) => {
      expect(closestPair(layOut(planOf(list)))).toBeGreaterThan(0.9);
    }),
    { numRuns: 40 },
  );
});

test.each([
  ["theatre", "hall", theatrePlan()],
  ["stadium of 60,000", "bowl", stadiumPlan()],
  ["stadium with a floor", "bowl", planOf([section("Floor", 1, 4000), ...stadiumPlan().sections])],
] as const)(
  "a %s becomes a %s in which every seat can be hit where it stands",
  (_, kind, plan) => {
    const layout = layOut(plan);
    expect(layout.kind).toBe(kind);
    const missed = Array.from(layout.x, (x, index) =>
      seatAt(layout, { x, y: layout.y[index] ?? 0 }),
    ).filter((hit, index) => hit !== index);
    expect(missed).toEqual([]);
    expect(closestPair(layout)).toBeGreaterThan(0.9);
  },
  60_000,
);

test("a section is found by a point among its seats", () => {
  const layout = layOut(stadiumPlan());
  const missed = layout.sections.filter(({ from, count }) => {
    const seat = from + Math.floor(count / 2);
    const found = sectionAt(layout, { x: layout.x[seat] ?? 0, y: layout.y[seat] ?? 0 });
    return found?.from !== from;
  });
  expect(missed).toEqual([]);
});

test("a finger beside a section means it, and a key zooms in where seats are, not into the field", () => {
  const layout = layOut(stadiumPlan());
  const [first] = layout.sections;
  if (!first) throw new Error("no section");
  const beside = { x: first.box.left + 3, y: first.box.top - 5 };
  expect(sectionAt(layout, beside)).toBeUndefined();
  expect(sectionAt(layout, beside, 8)?.from).toBeDefined();
  const size = { width: 350, height: 400 };
  let view = fit(layout.bounds, size);
  for (let press = 0; press < 10; press++) {
    view = zoomAt(view, zoomAnchor(layout, view, size), 1.6, 0.1);
    const area = seen(view, size);
    expect(layout.sections.some(({ box }) => overlaps(box, area))).toBe(true);
  }
  expect(view.scale).toBe(scaleMax);
});

test("measured coordinates are drawn as they are", () => {
  const steps = new Int16Array([0, 0, 10, 0, 10, 5]);
  const points = btoa(String.fromCharCode(...new Uint8Array(steps.buffer)));
  const layout = layOut({ ...planOf([section("A", 1, 3)]), coords: { unit: 0.1, points } });
  expect([...layout.x]).toEqual([0, 1, 2]);
  expect([...layout.y]).toEqual([0, 0, 0.5]);
});

/** Distance of the two closest seats: sorted into cells of one pitch, each compared with its neighbours. */
function closestPair({ x, y }: Layout): number {
  const cells = new Map<string, number[]>();
  const cell = (index: number) => [Math.floor(x[index] ?? 0), Math.floor(y[index] ?? 0)] as const;
  for (let index = 0; index < x.length; index++) {
    const key = cell(index).join();
    cells.set(key, [...(cells.get(key) ?? []), index]);
  }
  let least = Infinity;
  for (let index = 0; index < x.length; index++) {
    const [cx, cy] = cell(index);
    for (let dx = -1; dx <= 1; dx++) {
      for (let dy = -1; dy <= 1; dy++) {
        for (const other of cells.get(`${cx + dx},${cy + dy}`) ?? []) {
          if (other <= index) continue;
          const away = Math.hypot(
            (x[index] ?? 0) - (x[other] ?? 0),
            (y[index] ?? 0) - (y[other] ?? 0),
          );
          least = Math.min(least, away);
        }
      }
    }
  }
  return least;
}
