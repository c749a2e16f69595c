import { earlier, type Lsn } from "./lsn.ts";
import { isVisible, type Snapshot } from "./snapshot.ts";

/** Edits are written at once; changes of seats only are gathered for a moment. */
export type Priority = "edit" | "seats";

/** Why a key is dirty: the transaction that made it so. */
export interface Cause {
  readonly xid: number;
  readonly commitLsn: Lsn;
  /** The database's clock at the commit, Unix milliseconds. */
  readonly commitMs: number;
}

/** A key that must be rebuilt, with everything that is known of why. */
export interface DirtyKey {
  readonly key: string;
  priority: Priority;
  /** The oldest change that is not written yet: the slot must not pass it. */
  firstLsn: Lsn;
  lastLsn: Lsn;
  firstCommitMs: number;
  /** Our own clock, when the oldest and the newest change arrived. */
  firstSeenMs: number;
  lastSeenMs: number;
  xids: number[];
}

/**
 * The keys that must be rebuilt and those being rebuilt just now, in any number of batches. It holds distinct keys, so that 60,000 changes
 * of one event are one entry. Pure: no clock, no I/O.
 */
export class DirtyKeys {
  readonly #waiting: Record<Priority, Map<string, DirtyKey>> = {
    edit: new Map(),
    seats: new Map(),
  };
  readonly #inFlight = new Set<DirtyKey>();
  #xids = 0;

  /** Distinct keys, those in flight included. */
  get size(): number {
    return this.#waiting.edit.size + this.#waiting.seats.size + this.#inFlight.size;
  }

  /** Transaction ids remembered for the waiting keys, to know when to `forgetVisible`. */
  get xidCount(): number {
    return this.#xids;
  }

  has(key: string): boolean {
    if (this.#waiting.edit.has(key) || this.#waiting.seats.has(key)) return true;
    for (const entry of this.#inFlight) if (entry.key === key) return true;
    return false;
  }

  /** The waiting keys of a priority, those that became dirty first first. */
  waiting(priority: Priority): ReadonlyMap<string, DirtyKey> {
    return this.#waiting[priority];
  }

  /** @param nowMs when the change arrived */
  mark(key: string, priority: Priority, cause: Cause, nowMs: number): void {
    const known = this.#waiting.edit.get(key) ?? this.#waiting.seats.get(key);
    this.#xids += 1;
    if (!known) {
      this.#waiting[priority].set(key, {
        key,
        priority,
        firstLsn: cause.commitLsn,
        lastLsn: cause.commitLsn,
        firstCommitMs: cause.commitMs,
        firstSeenMs: nowMs,
        lastSeenMs: nowMs,
        xids: [cause.xid],
      });
      return;
    }
    known.lastLsn = cause.commitLsn;
    known.lastSeenMs = nowMs;
    if (known.xids.at(-1) === cause.xid) this.#xids -= 1;
    else known.xids.push(cause.xid);
    if (priority === "edit" && known.priority === "seats") {
      this.#waiting.seats.delete(key);
      known.priority = "edit";
      this.#waiting.edit.set(key, known);
    }
  }

  /** Moves keys to those in flight; their further changes begin new entries. */
  take(keys: readonly string[]): readonly DirtyKey[] {
    const taken: DirtyKey[] = [];
    for (const key of keys) {
      const entry = this.#waiting.edit.get(key) ?? this.#waiting.seats.get(key);
      if (!entry) continue;
      this.#waiting[entry.priority].delete(key);
      this.#xids -= entry.xids.length;
      this.#inFlight.add(entry);
      taken.push(entry);
    }
    return taken;
  }

  /** These are written. */
  done(entries: readonly DirtyKey[]): void {
    for (const entry of entries) this.#inFlight.delete(entry);
  }

  /** These could not be written, or nobody knows: their keys wait again, with what came meanwhile. */
  giveBack(entries: readonly DirtyKey[]): void {
    for (const entry of entries) {
      if (!this.#inFlight.delete(entry)) continue;
      const newer = this.#waiting.edit.get(entry.key) ?? this.#waiting.seats.get(entry.key);
      if (newer) {
        this.#waiting[newer.priority].delete(entry.key);
        entry.lastLsn = newer.lastLsn;
        entry.lastSeenMs = newer.lastSeenMs;
        entry.xids.push(...newer.xids);
        this.#xids -= newer.xids.length;
        if (newer.priority === "edit") entry.priority = "edit";
      }
      this.#waiting[entry.priority].set(entry.key, entry);
      this.#xids += entry.xids.length;
    }
  }

  /** The position that the slot must not pass, or `null` when nothing is dirty. */
  oldestLsn(): Lsn | null {
    let oldest: Lsn | null = null;
    for (const entry of this.#all()) oldest = earlier(oldest, entry.firstLsn);
    return oldest;
  }

  /** When the oldest unwritten change arrived, in Unix milliseconds, or `null`. */
  oldestSeenMs(): number | null {
    let oldest: number | null = null;
    for (const entry of this.#all()) {
      if (oldest === null || entry.firstSeenMs < oldest) oldest = entry.firstSeenMs;
    }
    return oldest;
  }

  /** Drops the transactions that are visible to everybody by now, so that a long outage of the sink stays small. */
  forgetVisible(snapshot: Snapshot): void {
    this.#xids = 0;
    for (const priority of ["edit", "seats"] as const) {
      for (const entry of this.#waiting[priority].values()) {
        entry.xids = entry.xids.filter((xid) => !isVisible(xid, snapshot));
        this.#xids += entry.xids.length;
      }
    }
  }

  *#all(): Generator<DirtyKey> {
    yield* this.#inFlight;
    yield* this.#waiting.edit.values();
    yield* this.#waiting.seats.values();
  }
}
