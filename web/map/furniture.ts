import { make } from "../make.ts";
import { drawSeat, type Theme } from "./shapes.ts";
import { seatState } from "./states.ts";
import { devicePixelsMax } from "./paint.ts";
import { say, type Words } from "./words.ts";

/** How the map is moved without dragging. */
export type Move = "in" | "out" | "whole" | "left" | "right" | "up" | "down";

/** In one row below the picture: over it they would cover seats, and take fingers that mean seats beside them. */
const keys: readonly (readonly [Move, string, string])[] = [
  ["in", "+", "zoomIn"],
  ["out", "−", "zoomOut"],
  ["whole", "⌂", "whole"],
  ["left", "←", "left"],
  ["up", "↑", "up"],
  ["down", "↓", "down"],
  ["right", "→", "right"],
];

/** A button for everything that a drag or a pinch does (WCAG 2.5.7). */
export function makeKeys(words: Words, onMove: (move: Move) => void): HTMLElement {
  const buttons = keys.map(([move, sign, word]) => {
    const button = make("button", { type: "button", "aria-label": say(words, word) }, sign);
    button.addEventListener("click", () => onMove(move));
    return button;
  });
  return make("div", { class: "map-keys" }, ...buttons);
}

const shown = ["available", "held", "booked", "blocked", "mine"] as const;

/** What the shapes mean, drawn by the same code as the seats. @returns the list, and what (re)draws its shapes */
export function makeLegend(words: Words): { element: HTMLElement; draw: (theme: Theme) => void } {
  const signs = shown.map((name) => ({ name, canvas: make("canvas", { "aria-hidden": "true" }) }));
  const items = signs.map(({ name, canvas }) => make("li", {}, canvas, say(words, name)));
  return {
    element: make("ul", { class: "legend", "aria-label": say(words, "legend") }, ...items),
    draw: (theme) => {
      for (const { name, canvas } of signs) {
        const scale = 18 * Math.min(devicePixelsMax, devicePixelRatio);
        canvas.width = canvas.height = scale; // and empties it
        const ctx = canvas.getContext("2d");
        if (ctx) drawSeat(ctx, seatState[name], scale / 2, scale / 2, scale, theme);
      }
    },
  };
}

/** The highest price of interest; seats above it fade. */
export function makeFilter(
  words: Words,
  prices: readonly string[],
  onLimit: (priceIndexMax: number) => void,
): HTMLElement {
  const options = prices.map((price, index) =>
    make(
      "option",
      { value: String(index), ...(index === prices.length - 1 ? { selected: "" } : {}) },
      index === prices.length - 1 ? say(words, "anyPrice") : price,
    ),
  );
  const select = make("select", {}, ...options);
  select.addEventListener("change", () => onLimit(Number(select.value)));
  return make("label", {}, make("span", {}, say(words, "filter")), select);
}
