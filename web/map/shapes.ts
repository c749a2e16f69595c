import { seatState, type SeatStates } from "./states.ts";

/** Colours of the page, read from its stylesheet, so that both schemes and forced colours hold. */
export interface Theme {
  readonly paper: string;
  readonly ink: string;
  readonly soft: string;
  readonly line: string;
  readonly free: string;
  readonly onFree: string;
  readonly mine: string;
  readonly onMine: string;
  readonly gone: string;
  readonly font: string;
}

/** Radius of a seat, in seat pitches. */
const seatRadius = 0.38;
/** Nothing of a seat is further from its middle, in seat pitches: less than half, so that neighbours never touch. */
export const seatReach = 0.47;

/** How a seat is drawn: its state, or free but above the highest price of interest. */
export type Look = (typeof seatState)[keyof typeof seatState] | typeof dimmed;
export const dimmed = 5;
export const looks = [...Object.values(seatState), dimmed] as const;

const turn = Math.PI * 2;
type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** How a seat looks now. */
export function lookOf(states: SeatStates, index: number): number {
  const state = states.state(index);
  return state === seatState.available && states.dimmed(index) ? dimmed : state;
}

/**
 * Draws one seat, each state by its shape as well as its colour: a disc is free, a half disc held, a thin ring taken, a
 * pale dot not for sale, a disc with a check is one's own.
 * @param x middle of the seat, in pixels of the context, as `y`
 * @param pitch distance between two seats, in the same pixels
 */
export function drawSeat(
  ctx: Context,
  look: Look,
  x: number,
  y: number,
  pitch: number,
  theme: Theme,
): void {
  const radius = pitch * seatRadius;
  switch (look) {
    case seatState.available:
      return fillDisc(ctx, x, y, radius, theme.free, 1);
    case dimmed:
      return fillDisc(ctx, x, y, radius, theme.free, 0.25);
    case seatState.blocked:
      return fillDisc(ctx, x, y, radius * 0.4, theme.gone, 0.6);
    case seatState.booked:
      return strokeRing(ctx, x, y, radius, theme.gone);
    case seatState.held:
      strokeRing(ctx, x, y, radius, theme.gone);
      ctx.beginPath();
      ctx.arc(x, y, radius * 0.9, 0, Math.PI);
      ctx.fillStyle = theme.gone;
      return ctx.fill();
    case seatState.mine:
      fillDisc(ctx, x, y, radius * 1.12, theme.mine, 1);
      return drawCheck(ctx, x, y, radius, theme.onMine);
    default:
      return look satisfies never;
  }
}

function fillDisc(
  ctx: Context,
  x: number,
  y: number,
  radius: number,
  colour: string,
  alpha: number,
) {
  ctx.globalAlpha = alpha;
  ctx.fillStyle = colour;
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, turn);
  ctx.fill();
  ctx.globalAlpha = 1;
}

function strokeRing(ctx: Context, x: number, y: number, radius: number, colour: string) {
  ctx.strokeStyle = colour;
  ctx.lineWidth = Math.max(0.75, radius * 0.14);
  ctx.beginPath();
  ctx.arc(x, y, radius * 0.9, 0, turn);
  ctx.stroke();
}

function drawCheck(ctx: Context, x: number, y: number, radius: number, colour: string) {
  ctx.strokeStyle = colour;
  ctx.lineWidth = Math.max(1, radius * 0.24);
  ctx.beginPath();
  ctx.moveTo(x - radius * 0.5, y);
  ctx.lineTo(x - radius * 0.1, y + radius * 0.4);
  ctx.lineTo(x + radius * 0.5, y - radius * 0.4);
  ctx.stroke();
}
