import { beginSession, type Beginning, newBuild } from "./begin-session.ts";
import { BuildTask } from "./build-task.ts";
import { type Build, gapReasons } from "./builds.ts";
import { ChangeStream } from "./change-stream.ts";
import type { Transaction } from "./collator.ts";
import { Confirmer } from "./confirm.ts";
import { DeadLetters } from "./dead-letters.ts";
import type { ServiceDeps } from "./deps.ts";
import type { DirtyKey } from "./dirty-keys.ts";
import { recordFanouts } from "./fanout.ts";
import { readBatch, writeBatch, writeUnprompted } from "./flush.ts";
import { heartbeatOf } from "./heartbeat.ts";
import { Invalidator } from "./invalidate.ts";
import { FailureWindow } from "./mass-failure.ts";
import { Progress } from "./progress.ts";
import type { SessionContext } from "./session-context.ts";
import { createTasks, type SessionTasks } from "./session-tasks.ts";
import { Ticker } from "./ticker.ts";
import type { WriteContext } from "./write-documents.ts";
import { Writer, type WriterWork } from "./writer.ts";

/**
 * One connection's life: streams the slot and keeps the collections right until something ends it. Nothing is
 * carried over to the next session but what is durable; what was not confirmed is streamed again.
 */
export class Session {
  readonly #deps: ServiceDeps;
  readonly #progress = new Progress();
  readonly #write: WriteContext;
  readonly #ctx: SessionContext;
  /** Ends the loops; then what they had begun may still be finished. */
  readonly #loops = new AbortController();
  /** Ends the waiting of a write that no longer has a stream behind it. */
  readonly #writes = new AbortController();
  readonly #stream: ChangeStream;
  readonly #confirmer: Confirmer;
  readonly #invalidator: Invalidator | null;
  readonly #tasks: SessionTasks;
  readonly #writer: Writer;
  #live: string | null;
  #build: Build | null = null;

  private constructor(deps: ServiceDeps, stream: ChangeStream, beginning: Beginning) {
    this.#deps = deps;
    this.#stream = stream;
    this.#live = beginning.live;
    this.#progress.keepalive(beginning.position);
    const deadLetters = new DeadLetters(deps.pool);
    this.#write = {
      ...deps,
      deadLetters,
      failures: new FailureWindow(),
      batchBytes: deps.config.BATCH_BYTES,
      ...deps.hooks,
    };
    this.#confirmer = new Confirmer({
      ...deps,
      slot: deps.config.SLOT_NAME,
      idleMs: deps.config.STATUS_MS,
      epoch: beginning.epoch,
      stream,
      progress: this.#progress,
    });
    this.#invalidator = invalidatorOf(deps, beginning.epoch);
    this.#ctx = {
      ...deps,
      deadLetters,
      progress: this.#progress,
      live: () => this.#live,
      targets: () => this.#targets(),
      write: (ids, collections) => this.#writeAlso(ids, collections),
      checkpoint: () => this.#confirmer.confirm(),
      startBuild: async (reason) => {
        if (!this.#build) this.#fill(await newBuild(deps, reason));
      },
    };
    this.#tasks = createTasks(this.#ctx);
    this.#writer = new Writer(this.#ctx, this.#work(), this.#tasks.all);
    if (beginning.build) this.#fill(beginning.build);
  }

  /**
   * Streams until `stopping` is aborted; then everything received is written and confirmed first.
   * @throws what ended it, e.g. the server's 55006 while another process streams the slot
   */
  static async run(deps: ServiceDeps, stopping: AbortSignal): Promise<void> {
    const { config, clock } = deps;
    // What arrives before the session is set up waits in here.
    let session: Session | null = null;
    const early: Transaction[] = [];
    const stream = await ChangeStream.open({
      url: config.DATABASE_URL,
      slot: config.SLOT_NAME,
      publication: config.PUBLICATION,
      statusMs: config.STATUS_MS,
      now: () => clock.now(),
      onTransaction: (it) => (session ? session.#receive(it) : early.push(it)),
      onKeepalive: (walEnd) => {
        if (session) session.#keepalive(walEnd);
      },
    });
    try {
      stream.pause();
      session = new Session(deps, stream, await beginSession(deps));
      for (const transaction of early) session.#receive(transaction);
      stream.resume();
      await session.#run(stopping);
    } finally {
      await stream.close();
    }
  }

  async #run(stopping: AbortSignal): Promise<void> {
    const { status, clock, metrics } = this.#deps;
    await this.#write.deadLetters.load();
    status.heartbeatMs = clock.now();
    status.paused = false;
    metrics.paused.set(0);
    this.#enter();
    const { signal } = this.#loops;
    const writing = this.#writer.run(signal);
    const ticking = new Ticker(this.#deps, this.#progress, this.#ctx.checkpoint).run(signal);
    const telling = this.#invalidator?.run(signal) ?? new Promise<void>(() => {});
    const stopped = Promise.withResolvers<void>();
    const stop = () => stopped.resolve();
    stopping.addEventListener("abort", stop, { once: true });
    if (stopping.aborted) stop();
    const lost = this.#stream.ended.then((error) => {
      throw error ?? new Error("the stream was closed");
    });
    try {
      await Promise.race([writing, ticking, telling, lost, stopped.promise]);
      await this.#end([writing, ticking]);
      await this.#drain();
    } catch (error) {
      this.#writes.abort(error);
      await this.#end([writing, ticking]);
      await this.#leaveUncertain();
      throw error;
    } finally {
      stopping.removeEventListener("abort", stop);
      for (const promise of [telling, lost]) promise.catch(() => {});
    }
  }

  /** No write may outlive its session. */
  async #end(loops: readonly Promise<void>[]): Promise<void> {
    this.#loops.abort();
    await Promise.allSettled(loops);
  }

  async #drain(): Promise<void> {
    this.#deps.status.enter({ name: "draining" });
    this.#stream.pause();
    await this.#writer.drain();
    await this.#confirmer.confirm();
  }

  /** Whoever streams the slot now writes these documents again, in case ours came after theirs. */
  async #leaveUncertain(): Promise<void> {
    const { pool, config, log } = this.#deps;
    const ids = this.#confirmer.uncertain;
    if (ids.length === 0) return;
    await pool
      .query(
        `INSERT INTO indexer_recheck (slot, doc_id) SELECT $1, unnest($2::text[])
         ON CONFLICT DO NOTHING`,
        [config.SLOT_NAME, ids],
      )
      .catch((error: unknown) => log.error({ err: error, count: ids.length }, "recheck not noted"));
  }

  #work(): WriterWork {
    return {
      read: (batch) => readBatch(this.#write, batch, this.#writes.signal),
      write: (batch, documents) =>
        this.#confirmer.whileWriting(
          batch.map((entry) => entry.key),
          () =>
            writeBatch(this.#write, batch, documents, {
              collections: this.#targets(),
              signal: this.#writes.signal,
              tell: (changes) => this.#invalidator?.add(changes),
            }),
        ),
      flushed: () => this.#letGo(),
      record: (refs) => this.#record(refs),
      sinkIs: (up) => (up ? this.#enter() : this.#deps.status.enter({ name: "sink-down" })),
    };
  }

  async #record(refs: readonly DirtyKey[]): Promise<boolean> {
    if (refs.some((ref) => ref.key === "rebuild:")) await this.#ctx.startBuild("truncated");
    const fanouts = refs.filter((ref) => ref.key !== "rebuild:");
    if (!(await recordFanouts(this.#deps.pool, fanouts))) return false;
    this.#invalidator?.addRefs(refs.map((ref) => ref.key));
    this.#tasks.wakeFanout();
    return true;
  }

  async #writeAlso(ids: readonly string[], collections: readonly string[]): Promise<void> {
    const targets = { collections, signal: this.#writes.signal };
    const { BATCH_DOCS } = this.#deps.config;
    this.#writer.overtake(ids);
    await this.#confirmer.whileWriting(ids, () =>
      writeUnprompted(this.#write, ids, this.#progress.confirmable, BATCH_DOCS, targets),
    );
  }

  /** After a gap the live collection is left as it was: some of its documents are wrong anyway. */
  #targets(): string[] {
    const keepsLive = !this.#build || !gapReasons.has(this.#build.reason);
    const live = keepsLive && this.#live ? [this.#live] : [];
    return this.#build ? [this.#build.collection, ...live] : live;
  }

  #fill(build: Build): void {
    this.#build = build;
    this.#writer.add(new BuildTask(this.#ctx, build, () => this.#built(build.collection)));
    this.#enter();
  }

  #built(collection: string): void {
    this.#live = collection;
    this.#build = null;
    this.#invalidator?.add([{ kind: "search" }]);
    this.#enter();
  }

  #receive(transaction: Transaction): void {
    const { config, clock, metrics, status } = this.#deps;
    const now = clock.now();
    this.#progress.receive(transaction, now);
    this.#confirmer.noteCommit(transaction.endLsn);
    metrics.transactions.inc();
    metrics.rowChanges.inc(transaction.rows);
    for (const message of transaction.messages) {
      const sentMs = heartbeatOf(message, config.SLOT_NAME);
      if (sentMs === null) continue;
      status.heartbeatMs = now;
      metrics.heartbeatSeconds.observe(Math.max(0, now - sentMs) / 1_000);
    }
    this.#writer.wake();
    this.#holdBack();
  }

  #keepalive(walEnd: bigint): void {
    if (this.#progress.idle) this.#progress.keepalive(walEnd);
  }

  /** The server keeps what we do not read; our memory is bounded, its disk is watched. */
  #holdBack(): void {
    if (this.#progress.events.size < this.#deps.config.MAX_DIRTY) return;
    this.#stream.pause();
    this.#deps.status.paused = true;
    this.#deps.metrics.paused.set(1);
  }

  #letGo(): void {
    const { status, config, metrics } = this.#deps;
    if (!status.paused || this.#progress.events.size > config.MAX_DIRTY / 2) return;
    this.#stream.resume();
    status.paused = false;
    metrics.paused.set(0);
  }

  #enter(): void {
    this.#deps.status.enter({ name: this.#build ? "building" : "streaming" });
  }
}

function invalidatorOf(deps: ServiceDeps, epoch: number): Invalidator | null {
  const { config, edgeKeys } = deps;
  if (!config.EDGE_URL || !edgeKeys) return null;
  return new Invalidator({ ...deps, edgeUrl: config.EDGE_URL, keys: edgeKeys, epoch });
}
