import type { LaidSection, Layout } from "./layout.ts";
import { isInside } from "./rows.ts";
import type { Point } from "./view.ts";

/** How far from a seat's middle a tap still means this seat, in seat pitches. */
const reach = 0.75;

/**
 * The seat nearest to a point, or -1. No index is needed: few boxes contain the point, and a section's seats are few.
 * @param at in world units
 */
export function seatAt(layout: Layout, at: Point): number {
  let [best, nearest] = [-1, reach * reach];
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

/** The section whose outline contains a point, if any. */
export function sectionAt(layout: Layout, at: Point): LaidSection | undefined {
  return layout.sections.find(({ outline }) => isInside(outline, at.x, at.y));
}
