import type { Plan } from "../../../contracts/plan.ts";
import type { PlacedSeat } from "../../../db/schema/venue-plans.ts";
import { seatKey, type SeatName } from "./placed-seats.ts";

/** As fine as a pixel of the closest look; coarser only where the venue is so wide that steps would not fit. */
const stepsPerPitchMax = 48;
const int16Max = 32_767;

/**
 * Where the seats of an event stand, as a plan carries it: steps from seat to seat.
 * @param seats of the event, in ticket order
 * @param placed seats of its venue
 * @returns nothing when any seat of the event is not in the venue's plan: half a picture would lie
 */
export function planCoords(
  seats: readonly SeatName[],
  placed: readonly PlacedSeat[],
): Plan["coords"] | undefined {
  const places = new Map(placed.map((seat) => [seatKey(seat), seat]));
  const found = seats.flatMap((seat) => places.get(seatKey(seat)) ?? []);
  if (found.length === 0 || found.length < seats.length) return undefined;
  const pitch = pitchOf(found);
  const left = found.reduce((least, { x }) => Math.min(least, x), Infinity);
  const top = found.reduce((least, { y }) => Math.min(least, y), Infinity);
  const points = found.map(({ x, y }) => [(x - left) / pitch, (y - top) / pitch] as const);
  let widest = 1;
  for (const [nth, [x, y]] of points.entries()) {
    const [wasX, wasY] = points[nth - 1] ?? [0, 0];
    widest = Math.max(widest, Math.abs(x - wasX), Math.abs(y - wasY));
  }
  const steps = Math.min(stepsPerPitchMax, Math.floor((int16Max - 1) / widest));
  return { unit: 1 / Math.max(1, steps), points: encodeSteps(points, Math.max(1, steps)) };
}

/** Rounding never adds up: each step leads from where the last one really ended. */
function encodeSteps(points: readonly (readonly [number, number])[], steps: number): string {
  const bytes = Buffer.alloc(points.length * 4);
  let [atX, atY] = [0, 0];
  for (const [nth, [x, y]] of points.entries()) {
    const [nextX, nextY] = [Math.round(x * steps), Math.round(y * steps)];
    bytes.writeInt16LE(nextX - atX, nth * 4);
    bytes.writeInt16LE(nextY - atY, nth * 4 + 2);
    [atX, atY] = [nextX, nextY];
  }
  return bytes.toString("base64");
}

/** The usual distance of neighbours: the median over all that follow one another in a row. */
function pitchOf(seats: readonly PlacedSeat[]): number {
  const distances: number[] = [];
  for (const [nth, seat] of seats.entries()) {
    const next = seats[nth + 1];
    if (next?.section !== seat.section || next.row !== seat.row) continue;
    const distance = Math.hypot(next.x - seat.x, next.y - seat.y);
    if (distance > 0) distances.push(distance);
  }
  distances.sort((a, b) => a - b);
  return distances[distances.length >> 1] ?? 1;
}
