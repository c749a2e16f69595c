import type { Box } from "./rows.ts";

/** What part of the plane is seen: the world point at the top left corner, and CSS pixels per seat pitch. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Nobody needs to see one seat larger than a fingertip, in CSS pixels. */
export const scaleMax = 48;

/** Shows all of a box, centred, with a little air. */
export function fit(box: Box, size: Size, air = 0.04): View {
  const width = Math.max(box.right - box.left, 1e-6);
  const height = Math.max(box.bottom - box.top, 1e-6);
  const scale = Math.min(
    (size.width * (1 - 2 * air)) / width,
    (size.height * (1 - 2 * air)) / height,
    scaleMax,
  );
  return {
    scale,
    x: (box.left + box.right - size.width / scale) / 2,
    y: (box.top + box.bottom - size.height / scale) / 2,
  };
}

/** Moves what is seen along with a finger that moved by so many CSS pixels. */
export function pan(view: View, dx: number, dy: number): View {
  return { ...view, x: view.x - dx / view.scale, y: view.y - dy / view.scale };
}

/**
 * Zooms so that the world point under `at` stays under it.
 * @param factor above 1 zooms in
 * @param least smallest scale allowed, usually that of {@link fit}
 */
export function zoomAt(view: View, at: Point, factor: number, least: number): View {
  const scale = Math.min(scaleMax, Math.max(least, view.scale * factor));
  const under = toWorld(view, at);
  return { scale, x: under.x - at.x / scale, y: under.y - at.y / scale };
}

/** Two fingers: the world points that were under them stay under them (their distance decides the scale). */
export function pinch(
  view: View,
  was: readonly [Point, Point],
  now: readonly [Point, Point],
  least: number,
): View {
  const before = middle(was);
  const after = middle(now);
  const factor = distance(now) / Math.max(distance(was), 1);
  return zoomAt(pan(view, after.x - before.x, after.y - before.y), after, factor, least);
}

/** Keeps the middle of the screen on the plan, so that nobody gets lost in the void. */
export function clamp(view: View, box: Box, size: Size): View {
  const [halfX, halfY] = [size.width / view.scale / 2, size.height / view.scale / 2];
  return {
    scale: view.scale,
    x: Math.min(Math.max(view.x, box.left - halfX), box.right - halfX),
    y: Math.min(Math.max(view.y, box.top - halfY), box.bottom - halfY),
  };
}

export function toWorld(view: View, at: Point): Point {
  return { x: view.x + at.x / view.scale, y: view.y + at.y / view.scale };
}

export function toScreen(view: View, at: Point): Point {
  return { x: (at.x - view.x) * view.scale, y: (at.y - view.y) * view.scale };
}

/** The world box that is on screen. */
export function seen(view: View, size: Size): Box {
  return {
    left: view.x,
    top: view.y,
    right: view.x + size.width / view.scale,
    bottom: view.y + size.height / view.scale,
  };
}

/**
 * The parts of a picture that are bared when what is on it moves along, without overlap.
 * @param move in pixels
 */
export function bared({ x, y }: Point, { width, height }: Size): Box[] {
  const parts: Box[] = [];
  if (x !== 0) {
    const [left, right] = x > 0 ? [0, x] : [width + x, width];
    parts.push({ left, right, top: 0, bottom: height });
  }
  if (y !== 0) {
    const [top, bottom] = y > 0 ? [0, y] : [height + y, height];
    parts.push({ left: Math.max(0, x), right: Math.min(width, width + x), top, bottom });
  }
  return parts;
}

export function middleOf({ left, top, right, bottom }: Box): Point {
  return { x: (left + right) / 2, y: (top + bottom) / 2 };
}

export function overlaps(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function middle([a, b]: readonly [Point, Point]): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function distance([a, b]: readonly [Point, Point]): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
