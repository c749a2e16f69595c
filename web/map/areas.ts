import type { Layout } from "./layout.ts";
import { areaOf, type Box } from "./rows.ts";
import type { Theme } from "./shapes.ts";
import type { Corner } from "./stamps.ts";
import type { SeatStates } from "./states.ts";

export interface SectionLabel {
  readonly name: string;
  readonly price: string;
}

/** Below this side of a section, in CSS pixels, its name is left out; below the other, its price. */
const namedMin = 26;
const pricedMin = 44;

export interface Areas {
  readonly draw: (
    ctx: CanvasRenderingContext2D,
    nth: number,
    corner: Corner,
    dpr: number,
    theme: Theme,
  ) => void;
  readonly drawStage: (ctx: CanvasRenderingContext2D, corner: Corner, theme: Theme) => void;
  /** What a section covers with all that is written on it, in plan order. */
  readonly boxes: readonly Box[];
}

/**
 * Sections as areas: how full each is, its name and its lowest price.
 * @param labels what is written on each section, in plan order
 */
export function createAreas(
  layout: Layout,
  states: SeatStates,
  labels: readonly SectionLabel[],
): Areas {
  const sides = layout.sections.map(({ outline }) => Math.sqrt(areaOf(outline)));
  return {
    boxes: layout.sections.map(({ box }, nth) => withLabel(box, sides[nth] ?? 0)),
    draw: (ctx, nth, corner, dpr, theme) => {
      const section = layout.sections[nth];
      if (!section) return;
      const share = (states.free[nth] ?? 0) / Math.max(1, section.count);
      trace(ctx, section.outline, corner);
      ctx.fillStyle = share === 0 ? theme.line : theme.free;
      ctx.globalAlpha = alphaOf(share);
      ctx.fill();
      ctx.globalAlpha = 1;
      ctx.strokeStyle = theme.paper;
      ctx.lineWidth = dpr;
      ctx.stroke();
      ctx.fillStyle = inkOn(share, theme);
      write(ctx, section.box, sides[nth] ?? 0, labels[nth], corner, dpr, theme);
    },
    drawStage: (ctx, corner, theme) => {
      if (layout.stage.length === 0) return;
      trace(ctx, layout.stage, corner);
      ctx.fillStyle = theme.line;
      ctx.globalAlpha = 0.5;
      ctx.fill();
      ctx.globalAlpha = 1;
    },
  };
}

/** The fuller a section still is, the stronger its colour. */
function alphaOf(share: number): number {
  return share === 0 ? 0.6 : 0.22 + 0.6 * share;
}

/** The page's ink, or the one for seats where that stands out more: on a dark page full sections are light. */
function inkOn(share: number, theme: Theme): string {
  const [paper, free] = [lightness(theme.paper), lightness(theme.free)];
  const under = share === 0 ? paper : paper + (free - paper) * alphaOf(share);
  const away = (ink: string) => Math.abs(lightness(ink) - under);
  return away(theme.onFree) > away(theme.ink) ? theme.onFree : theme.ink;
}

/** How light a colour looks, 0 to 255. @param colour as browsers resolve it: `rgb(28, 122, 104)` */
function lightness(colour: string): number {
  const known = lights.get(colour);
  if (known !== undefined) return known;
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  const light = 0.3 * red + 0.59 * green + 0.11 * blue;
  lights.set(colour, light);
  return light;
}
const lights = new Map<string, number>();

function trace(
  ctx: CanvasRenderingContext2D,
  points: readonly number[],
  { x, y, scale }: Corner,
): void {
  ctx.beginPath();
  for (let at = 0; at + 1 < points.length; at += 2) {
    const px = ((points[at] ?? 0) - x) * scale;
    const py = ((points[at + 1] ?? 0) - y) * scale;
    if (at === 0) ctx.moveTo(px, py);
    else ctx.lineTo(px, py);
  }
  ctx.closePath();
}

/** A label is never wider than this, in sides of its section. */
const labelWidthMax = 1.15;

function withLabel({ left, top, right, bottom }: Box, side: number): Box {
  const [x, y, half] = [(left + right) / 2, (top + bottom) / 2, (side * labelWidthMax) / 2];
  return {
    left: Math.min(left, x - half),
    top: Math.min(top, y - half),
    right: Math.max(right, x + half),
    bottom: Math.max(bottom, y + half),
  };
}

/** Name and lowest price, where they fit; a rough width is enough and costs no measuring. */
function write(
  ctx: CanvasRenderingContext2D,
  box: Box,
  width: number,
  text: SectionLabel | undefined,
  corner: Corner,
  dpr: number,
  theme: Theme,
): void {
  const side = (width * corner.scale) / dpr;
  if (!text || side < namedMin) return;
  const font = Math.min(16, Math.max(10, side / 4));
  const fits = (words: string) => words.length * font * 0.6 < side * labelWidthMax;
  const x = ((box.left + box.right) / 2 - corner.x) * corner.scale;
  const y = ((box.top + box.bottom) / 2 - corner.y) * corner.scale;
  const priced = side >= pricedMin && fits(text.price);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  if (fits(text.name)) {
    ctx.font = `600 ${font * dpr}px ${theme.font}`;
    ctx.fillText(text.name, x, priced ? y - font * dpr * 0.6 : y);
  }
  if (priced) {
    ctx.font = `${font * 0.85 * dpr}px ${theme.font}`;
    ctx.fillText(text.price, x, y + font * dpr * 0.6);
  }
}
