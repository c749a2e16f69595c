import type { WaitingStatus } from "./deps.ts";

/** Where somebody with a number stands. */
export type WaitingPlace =
  | { readonly status: "drawn-later"; readonly opensAt: string }
  | {
      readonly status: "waiting";
      /** People ahead. */
      readonly ahead: number;
      /** Minutes, as an honest range; nothing while nobody is let in. */
      readonly eta: readonly [from: number, to: number] | undefined;
      readonly unlikely: boolean;
    }
  | { readonly status: "turn" }
  | { readonly status: "missed" };

/** How far the estimate is stretched to both sides: the rate changes while one waits. */
const etaSpread = 0.25;

/**
 * What a position means under a status.
 * @param position from the draw, 0 is the first; nothing before the draw
 */
export function waitingPlace(status: WaitingStatus, position: number | undefined): WaitingPlace {
  if (position === undefined) return { status: "drawn-later", opensAt: status.opensAt };
  if (position < status.expiredBelow) return { status: "missed" };
  if (position < status.serving) return { status: "turn" };
  const ahead = position - status.serving;
  const minutes = status.ratePerMinute > 0 ? (ahead + 1) / status.ratePerMinute : undefined;
  return {
    status: "waiting",
    ahead,
    eta:
      minutes === undefined || status.phase !== "open"
        ? undefined
        : [Math.floor(minutes * (1 - etaSpread)), Math.ceil(minutes * (1 + etaSpread)) + 1],
    unlikely: status.likelyBelow !== null && position >= status.likelyBelow,
  };
}
