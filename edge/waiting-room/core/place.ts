import type { QueueStatus } from "../../../contracts/queue.ts";
import { createLottery } from "./lottery.ts";

/** What a visitor is told about a place. */
export type Place =
  | { readonly state: "waiting-for-draw"; readonly secondsToOpening: number }
  | {
      readonly state: "waiting";
      /** People ahead + 1, counting those who may never show up. */
      readonly queuePosition: number;
      readonly eta: EtaRange | null;
      readonly chance: Chance;
    }
  | { readonly state: "served" }
  | { readonly state: "expired" }
  | { readonly state: "closed" }
  | { readonly state: "sold-out" };

/** Seconds; a range, because nobody knows how many people ahead have left. */
export interface EtaRange {
  readonly low: number;
  readonly high: number;
}

export type Chance = "likely" | "possible" | "unlikely" | "unknown";

/** @returns the position of a number, or null before the draw; lower is earlier, from 0 */
export function positionOf(
  number: number,
  draw: { readonly seed?: string | undefined; readonly lotterySize?: number | undefined },
): number | null {
  if (draw.seed === undefined || draw.lotterySize === undefined) return null;
  return number < draw.lotterySize ? createLottery(draw.seed, draw.lotterySize)(number) : number;
}

/**
 * All that a waiting page shows about one place, from the public document alone.
 * @param position what `positionOf` gave
 * @param now the visitor's clock, corrected by the document's `now`, Unix milliseconds
 */
export function placeOf(position: number | null, status: QueueStatus, now: number): Place {
  if (status.phase === "closed") return { state: "closed" };
  if (position === null) {
    const secondsToOpening = Math.max(0, (Date.parse(status.opensAt) - now) / 1000);
    return { state: "waiting-for-draw", secondsToOpening };
  }
  if (position < status.expiredBelow) return { state: "expired" };
  if (status.phase === "sold-out") return { state: "sold-out" };
  if (position < status.serving) return { state: "served" };
  return {
    state: "waiting",
    queuePosition: position - status.serving + 1,
    eta: etaOf(position, status),
    chance: chanceOf(position, status),
  };
}

/** @returns null while nobody comes up: paused, sold out, or all places in the shop are taken */
export function etaOf(position: number, status: QueueStatus): EtaRange | null {
  if (status.phase !== "open" || status.ratePerMinute <= 0) return null;
  const seconds = ((position - status.serving) / status.ratePerMinute) * 60;
  return { low: Math.max(0, Math.floor(seconds * 0.8)), high: Math.ceil(seconds * 1.25) + 5 };
}

/** The range as pages say it, in whole minutes; never "0 to 0". */
export function etaMinutes({ low, high }: EtaRange): readonly [from: number, to: number] {
  return [Math.floor(low / 60), Math.max(1, Math.ceil(high / 60))];
}

/** Early and honest: whether the seats left will last until a position comes up. */
export function chanceOf(position: number, status: QueueStatus): Chance {
  if (status.likelyBelow === null) return "unknown";
  const ahead = position - status.serving;
  const lasting = status.likelyBelow - status.serving;
  if (ahead < lasting * 0.8) return "likely";
  return ahead < lasting * 1.5 ? "possible" : "unlikely";
}
