import { make } from "../make.ts";
import { seatAt, sectionAt } from "./hit.ts";
import type { Layout } from "./layout.ts";
import type { SeatNames } from "./names.ts";
import { areaScaleMax, tapScale } from "./paint.ts";
import { type Size, toWorld, type View } from "./view.ts";
import { say, type Words } from "./words.ts";

/** Aisles and gaps between rows belong to what is beside them, in seat pitches. */
const reach = 1.5;

/** Where one is on the map: close to the seats no section says its name any more, and no row ever did. */
export interface InView {
  readonly element: HTMLElement;
  readonly show: (view: View, size: Size) => void;
}

/** A line of text below the picture. */
export function createInView(words: Words, layout: Layout, names: SeatNames): InView {
  const element = make("p", { class: "map-view", "aria-hidden": "true" });
  let shown = "";
  return {
    element,
    show: (view, size) => {
      const text = textInView(words, layout, names, view, size);
      if (text !== shown) element.textContent = shown = text;
    },
  };
}

/** Names the section and, close enough to choose seats, the row in the middle of the picture; or nothing. */
export function textInView(
  words: Words,
  layout: Layout,
  names: SeatNames,
  view: View,
  { width, height }: Size,
): string {
  if (view.scale < areaScaleMax) return "";
  const middle = toWorld(view, { x: width / 2, y: height / 2 });
  const index = view.scale < tapScale ? -1 : seatAt(layout, middle, reach);
  if (index < 0) {
    const section = sectionAt(layout, middle, reach)?.name;
    return section === undefined ? "" : say(words, "inSection", { section });
  }
  const { section, row } = names.name(index);
  return say(words, row === "" ? "inSection" : "inRow", { section, row });
}
