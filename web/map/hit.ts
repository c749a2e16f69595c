import type { LaidSection, Layout } from "./layout.ts";
import { isInside } from "./rows.ts";
import { middleOf, toScreen, toWorld, type Point, type Size, type View } from "./view.ts";

/** How far from a seat's middle a tap still means this seat, in seat pitches. */
const reach = 0.75;

/**
 * The seat nearest to a point, or -1. No index is needed: few boxes contain the point, and a section's seats are few.
 * @param at in world units
 * @param within how far from a seat's middle
 */
export function seatAt(layout: Layout, at: Point, within = reach): number {
  let [best, nearest] = [-1, within * within];
  for (const { box, from, count } of layout.sections) {
    if (at.x < box.left || at.x > box.right || at.y < box.top || at.y > box.bottom) continue;
    for (let index = from; index < from + count; index++) {
      const dx = (layout.x[index] ?? 0) - at.x;
      const dy = (layout.y[index] ?? 0) - at.y;
      const away = dx * dx + dy * dy;
      if (away < nearest) [best, nearest] = [index, away];
    }
  }
  return best;
}

/**
 * The section whose outline contains a point, or else the nearest one.
 * @param within how far from its box, in seat pitches, a section may be; a finger is larger than a section of a stadium
 */
export function sectionAt(layout: Layout, { x, y }: Point, within = 0): LaidSection | undefined {
  let [near, least] = [undefined as LaidSection | undefined, within];
  for (const section of layout.sections) {
    if (isInside(section.outline, x, y)) return section;
    const { left, top, right, bottom } = section.box;
    const away = Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
    if (away < least) [near, least] = [section, away];
  }
  return near;
}

/** Where a key zooms in: the middle of the screen, or the nearest section in sight where that is an empty field. */
export function zoomAnchor(layout: Layout, view: View, size: Size): Point {
  const middle = { x: size.width / 2, y: size.height / 2 };
  const under = toWorld(view, middle);
  if (sectionAt(layout, under)) return middle;
  const near = sectionAt(layout, under, Infinity);
  if (!near) return middle;
  const at = toScreen(view, middleOf(near.box));
  const isSeen = at.x >= 0 && at.y >= 0 && at.x <= size.width && at.y <= size.height;
  return isSeen ? at : middle;
}
