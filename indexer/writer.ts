import { chooseEdits, RecentWrites } from "./batcher.ts";
import { backoffMs } from "./clock.ts";
import type { DirtyKey } from "./dirty-keys.ts";
import { SinkUnavailableError } from "./errors.ts";
import { SeatsLane } from "./seats-lane.ts";
import type { SessionContext } from "./session-context.ts";
import type { Task } from "./task.ts";
import type { ReadDocuments } from "./write-documents.ts";

/** What the loop calls for the stream's own batches. */
export interface WriterWork {
  /** Reads what one batch is to become. */
  read(batch: readonly DirtyKey[]): Promise<ReadDocuments>;
  /** Writes what was read for these; "outdated" when it must be read again. */
  write(batch: readonly DirtyKey[], documents: ReadDocuments): Promise<"written" | "outdated">;
  /** Called when a batch is written and no longer counts as dirty. */
  flushed(): void;
  /** Records fan-outs; `false` while their changes are not visible yet. */
  record(refs: readonly DirtyKey[]): Promise<boolean>;
  /** Told whenever the search server takes writes again, or stops. */
  sinkIs(up: boolean): void;
}

/** Refs recorded at once. */
const refsMax = 500;
const invisibleMs = 20;

/**
 * The only place that writes to collections: one thing at a time. That alone rules out that an old read overtakes a
 * newer one, and that a backfill revives what was deleted.
 */
export class Writer {
  readonly #ctx: SessionContext;
  readonly #work: WriterWork;
  readonly #tasks: Task[];
  readonly #written: RecentWrites;
  readonly #seats: SeatsLane;
  #wake = Promise.withResolvers<void>();
  #turn = 0;
  #failures = 0;

  constructor(ctx: SessionContext, work: WriterWork, tasks: readonly Task[]) {
    this.#ctx = ctx;
    this.#work = work;
    this.#tasks = [...tasks];
    const { config, progress } = ctx;
    this.#written = new RecentWrites(config.AVAIL_GAP_MS * 2);
    this.#seats = new SeatsLane({
      dirty: progress.events,
      written: this.#written,
      tunables: {
        batchDocs: config.BATCH_DOCS,
        seatsDebounceMs: config.AVAIL_DEBOUNCE_MS,
        seatsWaitMsMax: config.AVAIL_MAX_WAIT_MS,
        seatsGapMs: config.AVAIL_GAP_MS,
      },
      read: (batch) => work.read(batch),
      write: (batch, documents) => work.write(batch, documents),
      onRead: () => this.wake(),
    });
  }

  add(task: Task): void {
    this.#tasks.push(task);
    this.wake();
  }

  /** Something became dirty, or due. */
  wake(): void {
    this.#wake.resolve();
  }

  /** A task is about to write these documents. */
  overtake(ids: readonly string[]): void {
    this.#seats.overtake(ids);
  }

  /** @throws what ends the session: everything but an unavailable search server, which is waited for */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => this.wake(), { once: true });
    while (!signal.aborted) {
      this.#wake = Promise.withResolvers<void>();
      try {
        const recorded = this.#ctx.progress.refs.size > 0 && (await this.#record());
        this.#seats.begin(this.#ctx.clock.now());
        const edited = await this.#flushEdits();
        const flushed = (await this.#flushSeats()) || edited;
        const answered = this.#ctx.sink.answered;
        const stepped = await this.#stepTask();
        const spoke = this.#ctx.sink.answered > answered;
        // While something waits to be written, only a write proves that the server takes them.
        if (flushed || (spoke && this.#ctx.progress.events.size === 0)) this.#sinkWorks();
        if (!recorded && !flushed && !stepped) await this.#pause(signal);
      } catch (error) {
        if (!(error instanceof SinkUnavailableError)) throw error;
        await this.#sinkFailed(error, signal);
      }
    }
  }

  /** Writes everything that is dirty, due or not; for a clean end. */
  async drain(): Promise<void> {
    const { events, refs } = this.#ctx.progress;
    this.#seats.abandon();
    while (refs.size > 0 || events.size > 0) {
      if (refs.size > 0 && !(await this.#record())) {
        await this.#ctx.clock.sleep(invisibleMs);
        continue;
      }
      const keys = [...events.waiting("edit").keys(), ...events.waiting("seats").keys()];
      await this.#flush(keys.slice(0, this.#ctx.config.BATCH_DOCS));
    }
  }

  async #flushEdits(): Promise<boolean> {
    const { progress, config } = this.#ctx;
    const keys = chooseEdits(progress.events, config.BATCH_DOCS);
    await this.#flush(keys);
    return keys.length > 0;
  }

  async #flushSeats(): Promise<boolean> {
    const written = await this.#seats.write(() => this.#ctx.clock.now());
    if (written) this.#work.flushed();
    return written;
  }

  async #flush(keys: readonly string[]): Promise<void> {
    const { events } = this.#ctx.progress;
    if (keys.length === 0) return;
    this.#seats.overtake(keys);
    const batch = events.take(keys);
    try {
      let outcome;
      do outcome = await this.#work.write(batch, await this.#work.read(batch));
      while (outcome === "outdated");
    } catch (error) {
      events.giveBack(batch);
      throw error;
    }
    events.done(batch);
    this.#work.flushed();
    this.#written.note(keys, this.#ctx.clock.now());
  }

  async #record(): Promise<boolean> {
    const { progress } = this.#ctx;
    const refs = progress.refs.take([...progress.refs.waiting("edit").keys()].slice(0, refsMax));
    try {
      if (await this.#work.record(refs)) {
        progress.refsRecorded(refs);
        return true;
      }
    } catch (error) {
      progress.refs.giveBack(refs);
      throw error;
    }
    progress.refs.giveBack(refs);
    return false;
  }

  /** One step of the next task that is due, in turn, so that none starves another. */
  async #stepTask(): Promise<boolean> {
    const now = this.#ctx.clock.now();
    for (let tried = 0; tried < this.#tasks.length; tried += 1) {
      this.#turn = (this.#turn + 1) % this.#tasks.length;
      const task = this.#tasks[this.#turn];
      if (!task || task.dueMs() > now) continue;
      if ((await task.step()) === "finished") this.#tasks.splice(this.#turn, 1);
      return true;
    }
    return false;
  }

  async #pause(signal: AbortSignal): Promise<void> {
    const { progress, clock } = this.#ctx;
    const now = clock.now();
    const choice = this.#seats.next(now);
    if (choice.status === "due" || progress.events.waiting("edit").size > 0) return;
    const waits = this.#tasks.map((task) => task.dueMs() - now);
    if (choice.status === "later") waits.push(choice.inMs);
    if (progress.refs.size > 0) waits.push(invisibleMs);
    const pauseMs = Math.min(60_000, Math.max(1, Math.ceil(Math.min(...waits))));
    const timer = new AbortController();
    await Promise.race([
      this.#wake.promise,
      clock.sleep(pauseMs, AbortSignal.any([signal, timer.signal])),
    ]);
    timer.abort();
  }

  #sinkWorks(): void {
    if (this.#failures > 0) this.#work.sinkIs(true);
    this.#failures = 0;
  }

  async #sinkFailed(error: SinkUnavailableError, signal: AbortSignal): Promise<void> {
    const { clock, config, metrics, log } = this.#ctx;
    metrics.sinkUnavailable.inc({ code: String(error.code) });
    if (this.#failures === 0) {
      this.#work.sinkIs(false);
      log.warn({ code: error.code }, "the search server is unavailable");
    }
    const waitMs = backoffMs(
      this.#failures,
      config.SINK_BACKOFF_MS,
      config.SINK_BACKOFF_MAX_MS,
      clock.random,
    );
    this.#failures += 1;
    await clock.sleep(waitMs, signal);
  }
}
