import type { DirtyKey, DirtyKeys } from "./dirty-keys.ts";

export interface BatchTunables {
  /** Most documents in one batch. */
  readonly batchDocs: number;
  /** Seats only: how long a key must be quiet after it was written lately, in milliseconds. */
  readonly seatsDebounceMs: number;
  /** … and how long it waits at most, however busy it is. */
  readonly seatsWaitMsMax: number;
  /** … and the least time between two writes of it. */
  readonly seatsGapMs: number;
}

export type BatchChoice =
  | { status: "due"; keys: string[] }
  | { status: "later"; inMs: number }
  | { status: "nothing" };

/**
 * Edits go at once: what arrives while a batch is in flight forms the next one, so batches grow with load and a lone
 * edit never waits for a timer.
 * @returns keys, those that became dirty first first
 */
export function chooseEdits(dirty: DirtyKeys, batchDocs: number): string[] {
  const keys: string[] = [];
  for (const key of dirty.waiting("edit").keys()) {
    if (keys.length === batchDocs) break;
    keys.push(key);
  }
  return keys;
}

/**
 * A key of which only seats changed goes at once when it was quiet, then at its gap, its debounce or its longest
 * wait.
 */
export function chooseSeats(
  dirty: DirtyKeys,
  writtenMs: RecentWrites,
  nowMs: number,
  tunables: BatchTunables,
): BatchChoice {
  const due: string[] = [];
  let soonestMs = Number.POSITIVE_INFINITY;
  for (const entry of dirty.waiting("seats").values()) {
    const inMs = seatsDueMs(entry, writtenMs.of(entry.key), tunables) - nowMs;
    if (inMs <= 0 && due.length < tunables.batchDocs) due.push(entry.key);
    else soonestMs = Math.min(soonestMs, inMs);
  }
  if (due.length > 0) return { status: "due", keys: due };
  if (soonestMs === Number.POSITIVE_INFINITY) return { status: "nothing" };
  return { status: "later", inMs: Math.max(0, soonestMs) };
}

/** When a key of which only seats changed is due, on our own clock, in Unix milliseconds. */
export function seatsDueMs(
  entry: DirtyKey,
  writtenMs: number | null,
  tunables: BatchTunables,
): number {
  if (writtenMs === null || entry.firstSeenMs - writtenMs > tunables.seatsGapMs) {
    return entry.firstSeenMs;
  }
  const quietMs = entry.lastSeenMs + tunables.seatsDebounceMs;
  const patientMs = Math.min(quietMs, entry.firstSeenMs + tunables.seatsWaitMsMax);
  // The gap holds even when counting took so long that the wait is over: it protects the search server.
  return Math.max(patientMs, writtenMs + tunables.seatsGapMs);
}

/** When keys were last written, remembered only as long as it matters. */
export class RecentWrites {
  readonly #at = new Map<string, number>();
  readonly #keepMs: number;

  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  of(key: string): number | null {
    return this.#at.get(key) ?? null;
  }

  note(keys: Iterable<string>, nowMs: number): void {
    for (const key of keys) {
      this.#at.delete(key); // keeps the map in order of time
      this.#at.set(key, nowMs);
    }
    for (const [key, at] of this.#at) {
      if (nowMs - at <= this.#keepMs) break;
      this.#at.delete(key);
    }
  }
}
