import { listenToGestures } from "./gestures.ts";
import type { Move } from "./furniture.ts";
import { zoomAnchor } from "./hit.ts";
import type { Layout } from "./layout.ts";
import { devicePixelsMax } from "./paint.ts";
import type { Box } from "./rows.ts";
import { clamp, fit, pan, toWorld, zoomAt } from "./view.ts";
import type { Point, Size, View } from "./view.ts";

const moves: Readonly<Record<Exclude<Move, "in" | "out" | "whole">, readonly [number, number]>> = {
  left: [1, 0],
  right: [-1, 0],
  up: [0, 1],
  down: [0, -1],
};
const keyZoom = 1.6;
/** Share of the screen that an arrow moves. */
const keyPan = 0.3;

export interface Camera {
  readonly redraw: () => void;
  readonly show: (box: Box) => void;
  /** Brings a point to the middle, at a scale. */
  readonly approach: (at: Point, scale: number) => void;
  readonly move: (move: Move) => void;
}

/**
 * Holds the view of a canvas, moves it with fingers, wheel and keys, and paints at most once a frame.
 * @param canvas fills the box
 * @param paint paints one frame, knowing whether the canvas has lost what was on it; true when another one is needed
 * @param onTap gets the world point and the scale
 */
export function createCamera(
  box: HTMLElement,
  canvas: HTMLCanvasElement,
  layout: Layout,
  paint: (ctx: CanvasRenderingContext2D, view: View, dpr: number, isEmpty: boolean) => boolean,
  onTap: (at: Point, scale: number) => void,
): Camera {
  const ctx = canvas.getContext("2d", { alpha: false });
  let size: Size = { width: 1, height: 1 };
  let view: View = fit(layout.bounds, size);
  let dpr = 1;
  let frame = 0;
  let isEmpty = true;
  let isSized = false;
  let moved = false;
  const scaleMin = () => fit(layout.bounds, size).scale;

  const paintNow = () => {
    cancelAnimationFrame(frame);
    frame = 0;
    if (!ctx) return;
    const wasEmpty = isEmpty;
    isEmpty = false;
    if (paint(ctx, view, dpr, wasEmpty)) redraw();
  };
  const redraw = () => {
    // Before its size is known there is nothing to paint on; the observer below begins.
    if (frame === 0 && isSized) frame = requestAnimationFrame(paintNow);
  };
  const look = (next: View) => {
    view = clamp(next, layout.bounds, size);
    redraw();
  };
  new ResizeObserver(() => {
    size = { width: Math.max(1, box.clientWidth), height: Math.max(1, box.clientHeight) };
    dpr = Math.min(devicePixelsMax, devicePixelRatio);
    canvas.width = Math.round(size.width * dpr);
    canvas.height = Math.round(size.height * dpr);
    isEmpty = isSized = true;
    look(moved ? view : fit(target, size));
    paintNow(); // not empty even for one frame
  }).observe(box);
  // Phones that are short of memory take pictures away.
  canvas.addEventListener("contextrestored", () => {
    isEmpty = true;
    redraw();
  });
  let target = layout.bounds;

  listenToGestures(box, {
    view: () => view,
    scaleMin,
    move: (next) => {
      moved = true;
      look(next);
    },
    tap: (at) => onTap(toWorld(view, at), view.scale),
  });
  return {
    redraw,
    show: (area) => {
      target = area;
      moved = false;
      look(fit(area, size));
    },
    approach: (at, scale) => {
      moved = true;
      look({ scale, x: at.x - size.width / scale / 2, y: at.y - size.height / scale / 2 });
    },
    move: (move) => {
      moved = move !== "whole";
      if (move === "whole") {
        target = layout.bounds;
        return look(fit(layout.bounds, size));
      }
      if (move === "in")
        return look(zoomAt(view, zoomAnchor(layout, view, size), keyZoom, scaleMin()));
      const middle = { x: size.width / 2, y: size.height / 2 };
      if (move === "out") return look(zoomAt(view, middle, 1 / keyZoom, scaleMin()));
      const [dx, dy] = moves[move];
      return look(pan(view, dx * size.width * keyPan, dy * size.height * keyPan));
    },
  };
}
