/** Small geometry that the layouts share. */

import type { Block, LaidSection } from "./layout.ts";

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Distance between two rows, in seat pitches: legs need more room than shoulders. */
export const rowPitch = 1.25;

/** Half of what a seat takes, so that outlines and boxes go around discs and not through them. */
export const seatMargin = 0.7;

/** Written to and read at once, over and over: 60,000 points of their own would be a garbage collection. */
export interface Spot {
  x: number;
  y: number;
}

/** Where a seat of a row stands: `row` and `along` count from the middle of the front row, in seat pitches. */
export type PlaceSeat = (row: number, along: number, spot: Spot) => void;

interface Placed {
  readonly section: LaidSection;
  /** Writes the seats' coordinates: the larger part of the work, and not needed before one looks closely. */
  readonly placeSeats: PlaceSeats;
}

/** Writes the coordinates of some seats. */
export type PlaceSeats = (target: SeatCoordinates) => void;

/** Coordinates of all seats of a plan. */
export interface SeatCoordinates {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/**
 * Draws a line around the seats of one section; the seats themselves follow on demand.
 * @param block the section
 * @param place maps row and distance from the row's middle to the plane
 */
export function placeRows(
  { name, from, count: total, rows, widest }: Block,
  place: PlaceSeat,
): Placed {
  const outline = outlineOf(rows.length, widest, place);
  const box = grow(boundsOf([], [], outline), boxMargin);
  const placeSeats: PlaceSeats = (target) => {
    const spot = { x: 0, y: 0 };
    let index = from;
    for (const [row, count] of rows.entries()) {
      for (let nth = 0; nth < count; nth++, index++) {
        place(row, nth - (count - 1) / 2, spot);
        target.x[index] = spot.x;
        target.y[index] = spot.y;
      }
    }
  };
  return { section: { name, from, count: total, box, outline }, placeSeats };
}

/** An outline has corners where rows are curved: between two of them a seat may lie a little outside. */
const boxMargin = 1;

function grow({ left, top, right, bottom }: Box, by: number): Box {
  return { left: left - by, top: top - by, right: right + by, bottom: bottom + by };
}

/** How far a curve may be from the line that is drawn for it, in seat pitches, and in how many pieces at most. */
const awayMax = 0.1;
const piecesMax = 8;

function outlineOf(rows: number, widest: number, place: PlaceSeat): number[] {
  const half = (widest - 1) / 2 + seatMargin;
  const points: number[] = [];
  addSide(points, -seatMargin / rowPitch, -half, half, place);
  addSide(points, rows - 1 + seatMargin / rowPitch, half, -half, place);
  return points;
}

/** One long side: its two ends where it is straight, more points the more it is curved. */
function addSide(points: number[], row: number, from: number, to: number, place: PlaceSeat): void {
  const spot = { x: 0, y: 0 };
  const at = (share: number) => {
    place(row, from + (to - from) * share, spot);
    return { x: spot.x, y: spot.y };
  };
  const [start, middle, end] = [at(0), at(0.5), at(1)];
  const bend = Math.hypot(middle.x - (start.x + end.x) / 2, middle.y - (start.y + end.y) / 2);
  // A line for each of n pieces of a curve is n² times nearer to it.
  const pieces = Math.min(piecesMax, Math.max(1, Math.ceil(Math.sqrt(bend / awayMax))));
  points.push(start.x, start.y);
  for (let nth = 1; nth < pieces; nth++) {
    const { x, y } = at(nth / pieces);
    points.push(x, y);
  }
  points.push(end.x, end.y);
}

/** The smallest box around points, given apart (`x`, `y`) and, further ones, in one list (x, y, x, y, …). */
export function boundsOf(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  further: readonly number[] = [],
): Box {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let at = 0; at < x.length; at++) {
    const [px, py] = [x[at] ?? 0, y[at] ?? 0];
    left = px < left ? px : left;
    right = px > right ? px : right;
    top = py < top ? py : top;
    bottom = py > bottom ? py : bottom;
  }
  for (let at = 0; at + 1 < further.length; at += 2) {
    left = Math.min(left, further[at] ?? 0);
    right = Math.max(right, further[at] ?? 0);
    top = Math.min(top, further[at + 1] ?? 0);
    bottom = Math.max(bottom, further[at + 1] ?? 0);
  }
  return left === Infinity
    ? { left: 0, top: 0, right: 1, bottom: 1 }
    : { left, top, right, bottom };
}

/** Whether the point is in the polygon (even-odd rule). */
export function isInside(polygon: readonly number[], x: number, y: number): boolean {
  let inside = false;
  for (let at = 0, last = polygon.length - 2; at < polygon.length; last = at, at += 2) {
    const [ax, ay] = [polygon[at] ?? 0, polygon[at + 1] ?? 0];
    const [bx, by] = [polygon[last] ?? 0, polygon[last + 1] ?? 0];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

/** Area of a polygon (the shoelace formula). */
export function areaOf(polygon: readonly number[]): number {
  let twice = 0;
  for (let at = 0, last = polygon.length - 2; at < polygon.length; last = at, at += 2) {
    twice +=
      (polygon[last] ?? 0) * (polygon[at + 1] ?? 0) - (polygon[at] ?? 0) * (polygon[last + 1] ?? 0);
  }
  return Math.abs(twice) / 2;
}
