import { expect, test } from "vitest";
import { encodePlan } from "../../../contracts/plan-codec.ts";
import type { PlacedSeat } from "../../../db/schema/venue-plans.ts";
import { planDifference } from "./difference.ts";
import { planCoords } from "./plan-coords.ts";

const seat = (section: string, row: string, nth: number, x: number, y: number): PlacedSeat => ({
  section,
  row,
  seat: String(nth),
  x,
  y,
  category: "all",
  guid: `${section}-${row}-${nth}`,
});
/** Two sections of ten, 30 apart, far from the origin and from one another. */
const placed = ["A", "B"].flatMap((section, nth) =>
  Array.from({ length: 10 }, (_, at) =>
    seat(section, "1", at + 1, 1000 + at * 30, 500 + nth * 9000.5),
  ),
);

function decode({ unit, points }: NonNullable<ReturnType<typeof planCoords>>) {
  const bytes = Buffer.from(points, "base64");
  let [x, y] = [0, 0];
  return Array.from({ length: bytes.length / 4 }, (_, nth) => {
    x += bytes.readInt16LE(nth * 4);
    y += bytes.readInt16LE(nth * 4 + 2);
    return [x * unit, y * unit] as const;
  });
}

test("seats stand where they were measured, in pitches, however far the sections are apart", () => {
  const coords = planCoords(placed, placed);
  if (!coords) throw new Error("no coordinates");
  const places = decode(coords);
  for (const [nth, { x, y }] of placed.entries()) {
    const [gotX = 0, gotY = 0] = places[nth] ?? [];
    expect(Math.abs(gotX - (x - 1000) / 30)).toBeLessThan(0.02);
    expect(Math.abs(gotY - (y - 500) / 30)).toBeLessThan(0.02);
  }
  const wide = placed.map((it) => ({ ...it, x: it.section === "B" ? it.x + 900_000 : it.x }));
  const far = decode(planCoords(wide, wide) ?? { unit: 1, points: "" });
  expect(Math.abs((far[19]?.[0] ?? 0) - (900_000 + 270) / 30)).toBeLessThan(1);
});

test("an event with one seat that was not measured is drawn from names alone", () => {
  const stray = { section: "A", row: "1", seat: "11" };
  expect(planCoords([...placed, stray], placed)).toBeUndefined();
  expect(planCoords([], placed)).toBeUndefined();
  expect(encodePlan([], 1).coords).toBeUndefined();
});

test("a difference names what comes, goes, moves and what people would lose", () => {
  const after = placed.slice(1).map((it) => (it.seat === "5" ? { ...it, y: it.y + 1 } : it));
  const extra = seat("C", "1", 1, 0, 0);
  const found = planDifference(
    placed,
    [...after, extra],
    [
      { section: "A", row: "1", seat: "1" },
      { section: "A", row: "1", seat: "2" },
    ],
  );
  expect(found.added).toEqual([extra]);
  expect(found.removed).toEqual([placed[0]]);
  expect(found.moved.map((it) => it.section + it.seat)).toEqual(["A5", "B5"]);
  expect(found.lost).toEqual([{ section: "A", row: "1", seat: "1" }]);
});
