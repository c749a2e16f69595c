import { type BatchChoice, type BatchTunables, chooseSeats, type RecentWrites } from "./batcher.ts";
import type { DirtyKey, DirtyKeys } from "./dirty-keys.ts";
import type { ReadDocuments } from "./write-documents.ts";

export interface SeatsLaneParts {
  readonly dirty: DirtyKeys;
  readonly written: RecentWrites;
  readonly tunables: BatchTunables;
  readonly read: (batch: readonly DirtyKey[]) => Promise<ReadDocuments>;
  readonly write: (
    batch: readonly DirtyKey[],
    documents: ReadDocuments,
  ) => Promise<"written" | "outdated">;
  /** Called when what was read can be written. */
  readonly onRead: () => void;
}

type Outcome = { status: "read"; documents: ReadDocuments } | { status: "failed"; error: unknown };

interface Reading {
  readonly batch: readonly DirtyKey[];
  /** Written by the loop since the reading began: what was read of them may be older. */
  readonly overtaken: Set<string>;
  outcome: Outcome | null;
}

/**
 * Counting a stadium's seats takes tens of milliseconds, more while they are sold. It is done beside the writer's
 * loop, one batch at a time, so that no edit waits for it; what it found is written by the loop like everything else,
 * except for documents that the loop wrote meanwhile: those are counted again.
 */
export class SeatsLane {
  readonly #parts: SeatsLaneParts;
  #reading: Reading | null = null;

  constructor(parts: SeatsLaneParts) {
    this.#parts = parts;
  }

  /** Begins to read what is due, unless a batch is under way. */
  begin(nowMs: number): void {
    const choice = this.next(nowMs);
    if (choice.status !== "due") return;
    const { dirty, read, onRead } = this.#parts;
    const reading: Reading = {
      batch: dirty.take(choice.keys),
      overtaken: new Set(),
      outcome: null,
    };
    this.#reading = reading;
    const settle = (outcome: Outcome) => {
      reading.outcome = outcome;
      onRead();
    };
    read(reading.batch).then(
      (documents) => settle({ status: "read", documents }),
      (error: unknown) => settle({ status: "failed", error }),
    );
  }

  /** What `begin` would take; nothing while a batch is under way. */
  next(nowMs: number): BatchChoice {
    const { dirty, written, tunables } = this.#parts;
    return this.#reading ? { status: "nothing" } : chooseSeats(dirty, written, nowMs, tunables);
  }

  /** The loop writes these documents for another reason. */
  overtake(ids: readonly string[]): void {
    for (const id of ids) this.#reading?.overtaken.add(id);
  }

  /**
   * Writes what was read; only for the loop.
   * @returns whether there was anything
   * @throws what reading or writing threw; the batch waits again then
   */
  async write(clockMs: () => number): Promise<boolean> {
    const reading = this.#reading;
    if (!reading?.outcome) return false;
    const { outcome, overtaken, batch } = reading;
    const { dirty, written } = this.#parts;
    this.#reading = null;
    const [again, current] = [
      batch.filter((entry) => overtaken.has(entry.key)),
      batch.filter((entry) => !overtaken.has(entry.key)),
    ];
    dirty.giveBack(again);
    try {
      if (outcome.status === "failed") throw outcome.error;
      if (current.length === 0) return false;
      if ((await this.#parts.write(current, outcome.documents)) === "outdated") {
        dirty.giveBack(current);
        return false;
      }
    } catch (error) {
      dirty.giveBack(current);
      throw error;
    }
    dirty.done(current);
    written.note(
      current.map((entry) => entry.key),
      clockMs(),
    );
    return true;
  }

  /** What is being read waits again, and is not written. */
  abandon(): void {
    if (this.#reading) this.#parts.dirty.giveBack(this.#reading.batch);
    this.#reading = null;
  }
}
