import type { Layout } from "./layout.ts";
import { seatState, type SeatStates } from "./states.ts";

/** Colours of the page, read from its stylesheet, so that both schemes and forced colours hold. */
export interface Theme {
  readonly paper: string;
  readonly ink: string;
  readonly soft: string;
  readonly line: string;
  readonly free: string;
  readonly mine: string;
  readonly onMine: string;
  readonly gone: string;
  readonly font: string;
}

/** Radius of a seat, in seat pitches. */
export const seatRadius = 0.38;

const turn = Math.PI * 2;
type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/**
 * Draws seats, each state by its shape as well as its colour: a disc is free, a half disc held, a thin ring taken, a
 * pale dot not for sale, a disc with a check is one's own.
 * @param at maps world units to pixels of the context
 */
export function drawSeats(
  ctx: Context,
  layout: Layout,
  states: SeatStates,
  indexes: Iterable<number>,
  at: { readonly x: number; readonly y: number; readonly scale: number },
  theme: Theme,
): void {
  const radius = at.scale * seatRadius;
  const byState: [number, number][][] = [[], [], [], [], []];
  const dimmed: [number, number][] = [];
  for (const index of indexes) {
    const x = ((layout.x[index] ?? 0) - at.x) * at.scale;
    const y = ((layout.y[index] ?? 0) - at.y) * at.scale;
    const state = states.state(index);
    const dim = state === seatState.available && states.dimmed(index);
    (dim ? dimmed : byState[state])?.push([x, y]);
  }
  const [available = [], held = [], booked = [], blocked = [], mine = []] = byState;
  fillDiscs(ctx, available, radius, theme.free);
  ctx.globalAlpha = 0.25;
  fillDiscs(ctx, dimmed, radius, theme.free);
  ctx.globalAlpha = 0.6;
  fillDiscs(ctx, blocked, radius * 0.4, theme.gone);
  ctx.globalAlpha = 1;
  strokeRings(ctx, [...booked, ...held], radius * 0.9, theme.gone, Math.max(0.75, radius * 0.14));
  ctx.fillStyle = theme.gone;
  ctx.beginPath();
  for (const [x, y] of held) {
    ctx.moveTo(x + radius * 0.9, y);
    ctx.arc(x, y, radius * 0.9, 0, Math.PI);
  }
  ctx.fill();
  fillDiscs(ctx, mine, radius * 1.12, theme.mine);
  ctx.strokeStyle = theme.onMine;
  ctx.lineWidth = Math.max(1, radius * 0.24);
  ctx.beginPath();
  for (const [x, y] of mine) {
    ctx.moveTo(x - radius * 0.5, y);
    ctx.lineTo(x - radius * 0.1, y + radius * 0.4);
    ctx.lineTo(x + radius * 0.5, y - radius * 0.4);
  }
  ctx.stroke();
}

function fillDiscs(
  ctx: Context,
  places: readonly [number, number][],
  radius: number,
  colour: string,
) {
  ctx.fillStyle = colour;
  ctx.beginPath();
  for (const [x, y] of places) {
    ctx.moveTo(x + radius, y);
    ctx.arc(x, y, radius, 0, turn);
  }
  ctx.fill();
}

function strokeRings(
  ctx: Context,
  places: readonly [number, number][],
  radius: number,
  colour: string,
  width: number,
) {
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.beginPath();
  for (const [x, y] of places) {
    ctx.moveTo(x + radius, y);
    ctx.arc(x, y, radius, 0, turn);
  }
  ctx.stroke();
}
