import type { QueuePhase } from "../../../contracts/queue.ts";

/** A copy may be older the more people wait: most of them are minutes from their turn, and poll as rarely. */
const freshMsByWaiting = [
  { over: 4_000_000, freshMs: 5000 },
  { over: 1_000_000, freshMs: 3000 },
  { over: 100_000, freshMs: 2000 },
] as const;

/** How long the edge serves a copy of the status without asking a shard, in milliseconds. */
export function statusFreshMs(
  status: { readonly phase: QueuePhase; readonly opensAt: string; readonly waiting: number },
  now: number,
): number {
  if (status.phase === "pre") {
    return Math.min(Math.max((Date.parse(status.opensAt) - now) / 10, 1000), 5000);
  }
  return freshMsByWaiting.find(({ over }) => status.waiting > over)?.freshMs ?? 1000;
}

/** A copy older than this is served no more while a shard answers, in milliseconds past its freshness. */
export const statusStaleMs = 10_000;

/** How often each isolate would refresh a stale copy, per second: few enough that a data centre sends one or two. */
const refreshesPerSecond = 1;

/** How often each isolate looks whether another one has fetched a newer copy, per second. */
const looksPerSecond = 4;

/**
 * Whether a poll looks into the data centre's cache at all, which takes longer than all else that it does: while an
 * isolate's own copy is a little too old, few do.
 * @param own.random the same as for `decideRefresh`, so that whoever would refresh looks first
 */
export function looksForNewer(own: {
  readonly ageMs: number;
  readonly freshMs: number;
  readonly pollsPerSecond: number;
  readonly random: number;
}): boolean {
  if (own.ageMs < own.freshMs) return false;
  if (own.ageMs >= own.freshMs + statusStaleMs) return true;
  return own.random * own.pollsPerSecond < looksPerSecond;
}

/**
 * Whether this poll serves the copy, serves it and fetches a new one, or waits for a new one. A data centre's
 * cache does not collapse requests and its isolates do not know of each other, so a stale copy is refreshed by
 * chance, each isolate about once a second, and whoever begins leaves a mark for the others.
 * @param copy.pollsPerSecond that this isolate sees
 * @param copy.marked somebody else is refreshing
 * @param copy.random 0 to 1
 */
export function decideRefresh(copy: {
  readonly ageMs: number;
  readonly freshMs: number;
  readonly pollsPerSecond: number;
  readonly marked: boolean;
  readonly random: number;
}): "serve" | "refresh" | "wait" {
  if (copy.ageMs < copy.freshMs) return "serve";
  if (copy.ageMs >= copy.freshMs + statusStaleMs) return "wait";
  if (copy.marked) return "serve";
  return copy.random * copy.pollsPerSecond < refreshesPerSecond ? "refresh" : "serve";
}
