import { createAreas, type SectionLabel } from "./areas.ts";
import { createBitmaps } from "./bitmaps.ts";
import type { Layout } from "./layout.ts";
import type { Box } from "./rows.ts";
import type { Theme } from "./shapes.ts";
import { type Corner, coverSeats, createStamps } from "./stamps.ts";
import { seatState, type SeatStates } from "./states.ts";
import { bared, overlaps, type View } from "./view.ts";

/** CSS pixels a seat: below, sections are areas; above, seats are drawn one by one; between, from bitmaps. */
export const areaScaleMax = 5;
const bitmapScaleMax = 16;
/** From here on a finger can mean one seat, and seats say their numbers. */
export const tapScale = 24;
/** More than 2 costs four times the pixels for what nobody sees. */
export const devicePixelsMax = 2;

export type Paint = (
  ctx: CanvasRenderingContext2D,
  view: View,
  dpr: number,
  theme: Theme,
  isEmpty: boolean,
) => boolean;

/** What is on the canvas. */
interface Painted {
  readonly corner: Corner;
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
  /** Whether nothing is missing from it. */
  readonly done: boolean;
}

/**
 * Paints a plan on a canvas at three levels of detail. Where only the place has changed, what is there moves along and
 * only the bared edges are painted; where only seats have, only these.
 * @param labels what is written on each section, in plan order
 * @param seatName what is written on a seat
 * @returns the function that paints one frame and says whether another one is needed to finish
 */
export function createPainter(
  layout: Layout,
  states: SeatStates,
  labels: readonly SectionLabel[],
  seatName: (index: number) => string,
): Paint {
  const stamp = createStamps(layout, states);
  const bitmaps = createBitmaps(layout, stamp);
  const areas = createAreas(layout, states, labels);
  let last: Painted | undefined;
  let still = false;

  return (ctx, view, dpr, theme, isEmpty) => {
    const scale = view.scale * dpr;
    // Whole device pixels, so that a picture can move along exactly.
    const corner = {
      scale,
      x: Math.round(view.x * scale) / scale,
      y: Math.round(view.y * scale) / scale,
    };
    const { width, height } = ctx.canvas;
    const now = { corner, width, height, theme, done: false };
    const whole = { left: 0, top: 0, right: width, bottom: height };
    const changed = states.takeChanged();
    bitmaps.mark(changed);
    const isArea = view.scale < areaScaleMax;
    const move = last?.done && !isEmpty ? movedBy(last, now) : undefined;
    still = last?.corner.scale === scale;
    // Pictures that were stretched are sharpened one frame after the scale has come to rest.
    let done = !(still === false && isBitmap(view.scale));
    if (!move || changed === "all" || (isArea && changed.length > 0)) {
      done = paintPart(ctx, whole, now, dpr) && done;
    } else {
      if (move.x !== 0 || move.y !== 0) {
        ctx.drawImage(ctx.canvas, move.x, move.y);
        for (const part of bared(move, { width, height })) {
          done = paintPart(ctx, part, now, dpr) && done;
        }
      }
      repaintSeats(ctx, changed, now, dpr);
    }
    last = { ...now, done };
    return !done;
  };

  /** @returns false when something could not be made ready within a frame's time */
  function paintPart(
    ctx: CanvasRenderingContext2D,
    part: Box,
    { corner, theme }: Painted,
    dpr: number,
  ): boolean {
    ctx.save();
    ctx.beginPath();
    ctx.rect(part.left, part.top, part.right - part.left, part.bottom - part.top);
    ctx.clip();
    ctx.fillStyle = theme.paper;
    ctx.fillRect(part.left, part.top, part.right - part.left, part.bottom - part.top);
    areas.drawStage(ctx, corner, theme);
    const area = {
      left: corner.x + part.left / corner.scale,
      top: corner.y + part.top / corner.scale,
      right: corner.x + part.right / corner.scale,
      bottom: corner.y + part.bottom / corner.scale,
    };
    const visible = [...areas.boxes.keys()].filter((nth) => {
      const box = areas.boxes[nth];
      return box !== undefined && overlaps(box, area);
    });
    const done = paintSections(ctx, visible, area, corner, dpr, theme);
    ctx.restore();
    return done;
  }

  function paintSections(
    ctx: CanvasRenderingContext2D,
    visible: readonly number[],
    area: Box,
    corner: Corner,
    dpr: number,
    theme: Theme,
  ): boolean {
    const scale = corner.scale / dpr;
    if (scale < areaScaleMax) {
      for (const nth of visible) areas.draw(ctx, nth, corner, dpr, theme);
      return true;
    }
    if (scale >= bitmapScaleMax) {
      for (const nth of visible) paintSeats(ctx, seatsIn(nth, area), corner, dpr, theme);
      return true;
    }
    const done = bitmaps.prepare(visible, corner.scale, still, theme);
    for (const nth of visible) {
      if (!bitmaps.draw(ctx, nth, corner)) areas.draw(ctx, nth, corner, dpr, theme);
    }
    return done;
  }

  function seatsIn(nth: number, { left, top, right, bottom }: Box): number[] {
    const { from, count } = layout.sections[nth] ?? { from: 0, count: 0 };
    const shown: number[] = [];
    for (let index = from; index < from + count; index++) {
      const [x, y] = [layout.x[index] ?? 0, layout.y[index] ?? 0];
      if (x > left - 1 && x < right + 1 && y > top - 1 && y < bottom + 1) shown.push(index);
    }
    return shown;
  }

  function paintSeats(
    ctx: CanvasRenderingContext2D,
    indexes: readonly number[],
    corner: Corner,
    dpr: number,
    theme: Theme,
  ): void {
    stamp(ctx, indexes, corner, theme);
    if (corner.scale < tapScale * dpr) return;
    ctx.font = `600 ${Math.round(corner.scale * 0.34)}px ${theme.font}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillStyle = theme.onFree;
    for (const index of indexes) {
      const name = states.state(index) === seatState.available ? seatName(index) : "";
      if (name === "" || name.length > 3) continue;
      const x = Math.round(((layout.x[index] ?? 0) - corner.x) * corner.scale);
      const y = Math.round(((layout.y[index] ?? 0) - corner.y) * corner.scale);
      ctx.fillText(name, x, y);
    }
  }

  /** Seats that have changed, where they are. */
  function repaintSeats(
    ctx: CanvasRenderingContext2D,
    changed: readonly number[],
    { corner, width, height, theme }: Painted,
    dpr: number,
  ): void {
    const shown = [...new Set(changed)].filter((index) => {
      const x = ((layout.x[index] ?? 0) - corner.x) * corner.scale;
      const y = ((layout.y[index] ?? 0) - corner.y) * corner.scale;
      const reach = corner.scale;
      return x > -reach && x < width + reach && y > -reach && y < height + reach;
    });
    if (shown.length === 0) return;
    coverSeats(ctx, layout, shown, corner, theme.paper);
    paintSeats(ctx, shown, corner, dpr, theme);
  }
}

function isBitmap(scale: number): boolean {
  return scale >= areaScaleMax && scale < bitmapScaleMax;
}

/** How many pixels the picture has moved, or nothing when it is another picture. */
function movedBy(
  last: Painted,
  now: Painted,
): { readonly x: number; readonly y: number } | undefined {
  const { scale } = now.corner;
  if (last.corner.scale !== scale || last.theme !== now.theme) return undefined;
  if (last.width !== now.width || last.height !== now.height) return undefined;
  const x = Math.round((last.corner.x - now.corner.x) * scale);
  const y = Math.round((last.corner.y - now.corner.y) * scale);
  return Math.abs(x) < now.width && Math.abs(y) < now.height ? { x, y } : undefined;
}
