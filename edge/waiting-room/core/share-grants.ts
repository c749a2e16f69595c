import type { Snapshot } from "./room.ts";

/** A served position that waits for a grant. */
export interface WaitingClaim {
  readonly number: number;
  readonly position: number;
  /** Its claim is among those that the answered request asked for. */
  readonly asked: boolean;
}

export type ClaimOutcome =
  /** Times are Unix milliseconds. */
  | { readonly status: "admitted"; readonly expiresAt: number }
  /** Its grace ran out while it waited. */
  | { readonly status: "expired" }
  /** It asked and got nothing: the room is full or paused. */
  | { readonly status: "full" }
  /** It came while the request was under way: the next one asks for it. */
  | { readonly status: "waits" };

/**
 * Shares what the coordinator granted among those who wait, in order. What is left over is void: the coordinator
 * counts it as active until the shard's next report.
 * @param claims in the order in which they came
 * @param snapshot of the same answer as the grants
 * @returns an outcome for each claim
 */
export function shareGrants(
  claims: readonly WaitingClaim[],
  granted: number,
  { status: { expiredBelow }, passSeconds }: Snapshot,
  now: number,
): ClaimOutcome[] {
  let left = granted;
  return claims.map(({ position, asked }) => {
    if (position < expiredBelow) return { status: "expired" };
    if (left > 0) {
      left--;
      return { status: "admitted", expiresAt: now + passSeconds * 1000 };
    }
    return { status: asked ? "full" : "waits" };
  });
}
