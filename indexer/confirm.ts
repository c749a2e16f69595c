import type pg from "pg";
import type { ChangeStream } from "./change-stream.ts";
import { saveCheckpoint } from "./checkpoint.ts";
import type { Clock } from "./clock.ts";
import type { Lsn } from "./lsn.ts";
import type { Progress } from "./progress.ts";

export interface ConfirmerOptions {
  readonly pool: pg.Pool;
  readonly slot: string;
  readonly epoch: number;
  readonly stream: ChangeStream;
  readonly progress: Progress;
  readonly clock: Clock;
  /** How often a position that only keepalives moved is confirmed, in milliseconds: each time writes to the log. */
  readonly idleMs: number;
}

/**
 * Moves the checkpoint and then the slot, never the other way round: a slot that is ahead of its checkpoint was
 * moved by somebody else. Moving the checkpoint also proves that nobody has taken over.
 */
export class Confirmer {
  readonly #options: ConfirmerOptions;
  #confirmed: Lsn = 0n;
  #idleSinceMs = 0;
  #owed: Lsn = 0n;
  readonly #uncertain = new Set<string>();
  #writing: readonly string[] = [];
  #running: Promise<void> = Promise.resolve();

  constructor(options: ConfirmerOptions) {
    this.#options = options;
  }

  /** Documents written since it was last certain that nobody had taken over. */
  get uncertain(): readonly string[] {
    return [...this.#uncertain];
  }

  /** Remembers what `write` writes; only one write may run at a time. */
  async whileWriting<T>(ids: readonly string[], write: () => Promise<T>): Promise<T> {
    for (const id of ids) this.#uncertain.add(id);
    this.#writing = ids;
    try {
      return await write();
    } finally {
      this.#writing = [];
    }
  }

  /** A transaction for us ended there: worth confirming soon. */
  noteCommit(lsn: Lsn): void {
    this.#owed = lsn;
  }

  /** @throws FencedError when another process took over */
  confirm(): Promise<void> {
    const next = this.#running.then(() => this.#confirm());
    this.#running = next.catch(() => {});
    return next;
  }

  async #confirm(): Promise<void> {
    const { pool, slot, epoch, stream, progress, clock, idleMs } = this.#options;
    const position = progress.confirmable;
    const moved = position > this.#confirmed;
    const onlyIdle = this.#owed <= this.#confirmed;
    const early = onlyIdle && clock.now() - this.#idleSinceMs < idleMs;
    if ((!moved || early) && this.#uncertain.size === 0) return;
    const before = [...this.#uncertain];
    const writing = new Set(this.#writing);
    await saveCheckpoint(pool, slot, epoch, position);
    for (const id of before) if (!writing.has(id)) this.#uncertain.delete(id);
    if (!moved) return;
    stream.confirm(position);
    this.#confirmed = position;
    this.#idleSinceMs = clock.now();
  }
}
