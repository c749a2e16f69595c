import { createBitmaps } from "./bitmaps.ts";
import type { LaidSection, Layout } from "./layout.ts";
import { drawSeats, type Theme } from "./shapes.ts";
import type { SeatStates } from "./states.ts";
import { areaOf } from "./rows.ts";
import { overlaps, seen, type Size, type View } from "./view.ts";

/** CSS pixels a seat: below, sections are areas; above, seats are drawn one by one; between, from bitmaps. */
const areaScaleMax = 5;
const bitmapScaleMax = 16;
/** From here on a finger can mean one seat. */
export const tapScale = 24;
/** More than 2 costs four times the pixels for what nobody sees. */
export const devicePixelsMax = 2;

export interface SectionLabel {
  readonly name: string;
  readonly price: string;
}

/**
 * Paints a plan on a canvas at three levels of detail.
 * @param labels what is written on each section, in plan order
 * @returns the function that paints one frame and says whether another one is needed to finish
 */
export function createPainter(
  layout: Layout,
  states: SeatStates,
  labels: readonly SectionLabel[],
): (ctx: CanvasRenderingContext2D, view: View, size: Size, dpr: number, theme: Theme) => boolean {
  const bitmaps = createBitmaps(layout, states);
  return (ctx, view, size, dpr, theme) => {
    ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
    ctx.fillStyle = theme.paper;
    ctx.fillRect(0, 0, size.width, size.height);
    const area = seen(view, size);
    const visible: number[] = [];
    for (const [nth, section] of layout.sections.entries()) {
      if (overlaps(section.box, area)) visible.push(nth);
    }
    drawStage(ctx, layout, view, theme);
    bitmaps.mark(states.takeChanged());
    if (view.scale < areaScaleMax) {
      for (const nth of visible) drawArea(ctx, nth, view, theme);
      return false;
    }
    if (view.scale < bitmapScaleMax) return drawBitmaps(ctx, visible, view, dpr, theme);
    for (const nth of visible) drawOneByOne(ctx, nth, view, size, theme);
    return false;
  };

  function drawArea(ctx: CanvasRenderingContext2D, nth: number, view: View, theme: Theme): void {
    const section = layout.sections[nth];
    if (!section) return;
    const share = (states.free[nth] ?? 0) / Math.max(1, section.count);
    path(ctx, section.outline, view);
    ctx.fillStyle = share === 0 ? theme.line : theme.free;
    ctx.globalAlpha = share === 0 ? 0.6 : 0.22 + 0.6 * share;
    ctx.fill();
    ctx.globalAlpha = 1;
    ctx.strokeStyle = theme.paper;
    ctx.lineWidth = 1;
    ctx.stroke();
    label(ctx, section, labels[nth], view, theme);
  }

  function drawBitmaps(
    ctx: CanvasRenderingContext2D,
    visible: readonly number[],
    view: View,
    dpr: number,
    theme: Theme,
  ): boolean {
    const done = bitmaps.prepare(visible, view.scale * dpr, theme);
    for (const nth of visible) {
      const section = layout.sections[nth];
      if (!section) continue;
      const bitmap = bitmaps.get(nth);
      if (!bitmap) {
        drawArea(ctx, nth, view, theme);
        continue;
      }
      const { canvas, box } = bitmap;
      const x = (box.left - view.x) * view.scale;
      const y = (box.top - view.y) * view.scale;
      const factor = view.scale / bitmap.scale;
      ctx.drawImage(canvas, x, y, canvas.width * factor, canvas.height * factor);
    }
    return !done;
  }

  function drawOneByOne(
    ctx: CanvasRenderingContext2D,
    nth: number,
    view: View,
    size: Size,
    theme: Theme,
  ): void {
    const section = layout.sections[nth];
    if (!section) return;
    const { left, top, right, bottom } = seen(view, size);
    const shown: number[] = [];
    for (let index = section.from; index < section.from + section.count; index++) {
      const [x, y] = [layout.x[index] ?? 0, layout.y[index] ?? 0];
      if (x > left - 1 && x < right + 1 && y > top - 1 && y < bottom + 1) shown.push(index);
    }
    drawSeats(ctx, layout, states, shown, view, theme);
  }
}

function drawStage(
  ctx: CanvasRenderingContext2D,
  { stage }: Layout,
  view: View,
  theme: Theme,
): void {
  if (stage.length === 0) return;
  path(ctx, stage, view);
  ctx.fillStyle = theme.line;
  ctx.globalAlpha = 0.5;
  ctx.fill();
  ctx.globalAlpha = 1;
}

function path(ctx: CanvasRenderingContext2D, points: readonly number[], view: View): void {
  ctx.beginPath();
  for (let at = 0; at + 1 < points.length; at += 2) {
    const x = ((points[at] ?? 0) - view.x) * view.scale;
    const y = ((points[at + 1] ?? 0) - view.y) * view.scale;
    if (at === 0) ctx.moveTo(x, y);
    else ctx.lineTo(x, y);
  }
  ctx.closePath();
}

/** Below this side of a section, in CSS pixels, its name is left out; below the other, its price. */
const namedMin = 26;
const pricedMin = 44;

/** Name and lowest price, where they fit; a rough width is enough and costs no measuring. */
function label(
  ctx: CanvasRenderingContext2D,
  { box, outline }: LaidSection,
  text: SectionLabel | undefined,
  view: View,
  theme: Theme,
): void {
  const side = Math.sqrt(areaOf(outline)) * view.scale;
  if (!text || side < namedMin) return;
  const font = Math.min(16, Math.max(10, side / 4));
  const fits = (words: string) => words.length * font * 0.6 < side * 1.15;
  const x = ((box.left + box.right) / 2 - view.x) * view.scale;
  const y = ((box.top + box.bottom) / 2 - view.y) * view.scale;
  const priced = side >= pricedMin && fits(text.price);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillStyle = theme.ink;
  if (fits(text.name)) {
    ctx.font = `600 ${font}px ${theme.font}`;
    ctx.fillText(text.name, x, priced ? y - font * 0.6 : y);
  }
  if (priced) {
    ctx.font = `${font * 0.85}px ${theme.font}`;
    ctx.fillText(text.price, x, y + font * 0.6);
  }
}
