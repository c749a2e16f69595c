import type { Plan } from "../../contracts/plan.ts";
import type { Block, Layout, LaidSection } from "./layout.ts";
import { boundsOf, seatMargin } from "./rows.ts";

/**
 * A venue whose seats were measured: the plan's own coordinates.
 * @param blocks sections in plan order
 * @param coords steps from seat to seat as int16, x and y in turn
 * @throws RangeError when there are fewer coordinates than seats
 */
export function layOutCoords(
  blocks: readonly Block[],
  coords: NonNullable<Plan["coords"]>,
): Layout {
  const bytes = Uint8Array.from(atob(coords.points), (char) => char.charCodeAt(0));
  const steps = new DataView(bytes.buffer);
  const seats = blocks.reduce((sum, block) => sum + block.count, 0);
  if (bytes.length < seats * 4) throw new RangeError("fewer coordinates than seats");
  const [x, y] = [new Float32Array(seats), new Float32Array(seats)];
  let [atX, atY] = [0, 0];
  for (let index = 0; index < seats; index++) {
    atX += steps.getInt16(index * 4, true);
    atY += steps.getInt16(index * 4 + 2, true);
    x[index] = atX * coords.unit;
    y[index] = atY * coords.unit;
  }
  const sections = blocks.map(({ name, from, count }): LaidSection => {
    const outline = hullOf(x.subarray(from, from + count), y.subarray(from, from + count));
    return { name, from, count, outline, box: boundsOf([], [], outline) };
  });
  const placeSeats = () => true;
  return { kind: "coords", x, y, placeSeats, sections, bounds: boundsOf(x, y), stage: [] };
}

/** Convex hull (Andrew's monotone chain), moved out by a seat's margin. */
function hullOf(x: Float32Array, y: Float32Array): number[] {
  const points = Array.from(x, (px, index) => [px, y[index] ?? 0] as const).sort(
    (a, b) => a[0] - b[0] || a[1] - b[1],
  );
  const chain = (list: readonly (readonly [number, number])[]) => {
    const kept: (readonly [number, number])[] = [];
    for (const point of list) {
      while (kept.length > 1 && turn(kept.at(-2) ?? point, kept.at(-1) ?? point, point) <= 0)
        kept.pop();
      kept.push(point);
    }
    return kept.slice(0, -1);
  };
  const hull = [...chain(points), ...chain(points.toReversed())];
  if (hull.length < 3) return boxAround(boundsOf(x, y));
  const middleX = hull.reduce((sum, point) => sum + point[0], 0) / hull.length;
  const middleY = hull.reduce((sum, point) => sum + point[1], 0) / hull.length;
  return hull.flatMap(([px, py]) => {
    const away = Math.hypot(px - middleX, py - middleY) || 1;
    return [px + ((px - middleX) / away) * seatMargin, py + ((py - middleY) / away) * seatMargin];
  });
}

type Point = readonly [number, number];

function turn(a: Point, b: Point, c: Point): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

function boxAround(box: ReturnType<typeof boundsOf>): number[] {
  const [left, right] = [box.left - seatMargin, box.right + seatMargin];
  const [top, bottom] = [box.top - seatMargin, box.bottom + seatMargin];
  return [left, top, right, top, right, bottom, left, bottom];
}
