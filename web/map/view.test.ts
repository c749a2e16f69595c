import fc from "fast-check";
import { expect, test } from "vitest";
import {
  bared,
  clamp,
  fit,
  pan,
  pinch,
  scaleMax,
  seen,
  toScreen,
  toWorld,
  zoomAt,
} from "./view.ts";

const size = { width: 390, height: 500 };
const box = { left: -100, top: -60, right: 100, bottom: 60 };
const point = fc.record({
  x: fc.double({ min: 0, max: 390, noNaN: true }),
  y: fc.double({ min: 0, max: 500, noNaN: true }),
});
const view = fc.record({
  x: fc.double({ min: -100, max: 100, noNaN: true }),
  y: fc.double({ min: -60, max: 60, noNaN: true }),
  scale: fc.double({ min: 1, max: scaleMax, noNaN: true }),
});

test("fitting shows the whole box", () => {
  const area = seen(fit(box, size), size);
  expect(area.left).toBeLessThan(box.left);
  expect(area.right).toBeGreaterThan(box.right);
  expect(area.top).toBeLessThan(box.top);
  expect(area.bottom).toBeGreaterThan(box.bottom);
});

test("zooming keeps the point under the finger under the finger", () => {
  fc.assert(
    fc.property(view, point, fc.double({ min: 0.2, max: 5, noNaN: true }), (from, at, factor) => {
      const before = toWorld(from, at);
      const after = toScreen(zoomAt(from, at, factor, 1), before);
      expect(after.x).toBeCloseTo(at.x, 6);
      expect(after.y).toBeCloseTo(at.y, 6);
    }),
  );
});

test("a pinch whose fingers keep their distance is a pan", () => {
  fc.assert(
    fc.property(view, point, point, (from, a, b) => {
      fc.pre(Math.hypot(a.x - b.x, a.y - b.y) > 1);
      const moved = pinch(
        from,
        [a, b],
        [
          { x: a.x + 9, y: a.y - 4 },
          { x: b.x + 9, y: b.y - 4 },
        ],
        1,
      );
      const panned = pan(from, 9, -4);
      expect(moved.x).toBeCloseTo(panned.x, 6);
      expect(moved.y).toBeCloseTo(panned.y, 6);
    }),
  );
});

test("however one drags, the middle of the screen stays on the plan", () => {
  fc.assert(
    fc.property(view, fc.integer(), fc.integer(), (from, dx, dy) => {
      const at = toWorld(clamp(pan(from, dx, dy), box, size), { x: 195, y: 250 });
      expect(at.x).toBeGreaterThanOrEqual(box.left - 1e-6);
      expect(at.x).toBeLessThanOrEqual(box.right + 1e-6);
      expect(at.y).toBeGreaterThanOrEqual(box.top - 1e-6);
      expect(at.y).toBeLessThanOrEqual(box.bottom + 1e-6);
    }),
  );
});

test("the scale never leaves its limits", () => {
  fc.assert(
    fc.property(
      view,
      point,
      fc.double({ min: 0.001, max: 1000, noNaN: true }),
      (from, at, factor) => {
        const { scale } = zoomAt(from, at, factor, 2);
        expect(scale).toBeGreaterThanOrEqual(2);
        expect(scale).toBeLessThanOrEqual(scaleMax);
      },
    ),
  );
});

test.each([
  [{ x: 0, y: 0 }, 0],
  [{ x: 7, y: 0 }, 7 * 50],
  [{ x: -7, y: 0 }, 7 * 50],
  [{ x: 0, y: -3 }, 3 * 100],
  [{ x: 7, y: 3 }, 7 * 50 + 93 * 3],
  [{ x: -7, y: 3 }, 7 * 50 + 93 * 3],
])("what is bared by a move is painted once, and nothing else: %o", (move, area) => {
  const parts = bared(move, { width: 100, height: 50 });
  const painted = new Set<string>();
  for (const { left, top, right, bottom } of parts) {
    for (let x = left; x < right; x++) {
      for (let y = top; y < bottom; y++) painted.add(`${x} ${y}`);
    }
  }
  const sum = parts.reduce((all, it) => all + (it.right - it.left) * (it.bottom - it.top), 0);
  expect([painted.size, sum]).toEqual([area, area]);
  for (const pixel of painted) {
    const [x = 0, y = 0] = pixel.split(" ").map(Number);
    const [fromX, fromY] = [x - move.x, y - move.y];
    expect(fromX >= 0 && fromX < 100 && fromY >= 0 && fromY < 50).toBe(false);
  }
});
