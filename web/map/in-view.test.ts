import { expect, test } from "vitest";
import { textInView } from "./in-view.ts";
import { layOut } from "./layout.ts";
import { nameSeats } from "./names.ts";
import { stadiumPlan } from "./testing-plans.ts";
import { fit, type Point } from "./view.ts";

const plan = stadiumPlan();
const [layout, names] = [layOut(plan), nameSeats(plan)];
const words = { inSection: "Section {section}", inRow: "Section {section}, row {row}" };
const size = { width: 390, height: 416 };

/** What is said with a point in the middle. */
function at({ x, y }: Point, scale: number): string {
  const view = { scale, x: x - size.width / scale / 2, y: y - size.height / scale / 2 };
  return textInView(words, layout, names, view, size);
}

const seat = (index: number): Point => ({ x: layout.x[index] ?? 0, y: layout.y[index] ?? 0 });

test("close to the seats the section and the row in the middle are named, every seat's own", () => {
  for (let index = 0; index < layout.x.length; index += 97) {
    const { section, row } = names.name(index);
    expect(at(seat(index), 24)).toBe(`Section ${section}, row ${row}`);
    expect(at(seat(index), 10)).toBe(`Section ${section}`);
  }
});

test("between two rows one of them is named; far from every seat, and of the whole venue, nothing is said", () => {
  const [front, behind] = [seat(0), seat(20)];
  const between = { x: (front.x + behind.x) / 2, y: (front.y + behind.y) / 2 };
  const rows = [names.name(0), names.name(20)].map(
    ({ section, row }) => `Section ${section}, row ${row}`,
  );
  expect(rows).toContain(at(between, 24));
  const field = { x: 0, y: 0 };
  expect([at(field, 24), at(field, 10)]).toEqual(["", ""]);
  expect(textInView(words, layout, names, fit(layout.bounds, size), size)).toBe("");
});
