import { claimAgeMsMax, type Shard } from "./shard.ts";

export type ClaimDecision =
  /** Served, in time and without a pass: ask the coordinator for a grant. */
  | { readonly status: "wants-grant" }
  /** It has a live pass: the same one again. */
  | { readonly status: "admitted"; readonly expiresAt: number }
  | { readonly status: "not-served"; readonly serving: number }
  | { readonly status: "expired" }
  | { readonly status: "sold-out" }
  /** What the shard knows of the room is too old to let anybody in by. */
  | { readonly status: "unavailable" };

/**
 * Whether a position may have an admission pass now.
 * @param position null before the draw
 * @param pass the number's only pass, live or not; null when it never had one
 */
export function decideClaim(
  known: Shard["known"],
  position: number | null,
  pass: { readonly expiresAt: number; readonly ended: boolean } | null,
  now: number,
): ClaimDecision {
  if (pass) {
    if (pass.ended || pass.expiresAt <= now) return { status: "expired" };
    return { status: "admitted", expiresAt: pass.expiresAt };
  }
  if (!known || now - known.at > claimAgeMsMax) return { status: "unavailable" };
  const { phase, serving, expiredBelow } = known.snapshot.status;
  if (position === null || position >= serving) {
    return phase === "sold-out" ? { status: "sold-out" } : { status: "not-served", serving };
  }
  if (position < expiredBelow) return { status: "expired" };
  switch (phase) {
    case "open":
      return { status: "wants-grant" };
    case "sold-out":
      return { status: "sold-out" };
    case "closed":
      return { status: "expired" };
    case "pre":
    case "paused":
      return { status: "not-served", serving };
    default:
      return phase satisfies never;
  }
}
