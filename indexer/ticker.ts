import { messagePrefix } from "./collator.ts";
import type { ServiceDeps } from "./deps.ts";
import { heartbeatText } from "./heartbeat.ts";
import type { Progress } from "./progress.ts";
import { readSlot, slotWord, slotWords } from "./slot.ts";
import { parseSnapshot } from "./snapshot.ts";
import { validateDatabase } from "./validate.ts";

/** More remembered transactions than this are looked at whether they are visible to everybody by now. */
const xidsMax = 50_000;

/** What a session does by the clock, apart from the writer's loop: none of it writes to a collection. */
export class Ticker {
  readonly #deps: ServiceDeps;
  readonly #progress: Progress;
  readonly #checkpoint: () => Promise<void>;
  readonly #due = { heartbeat: 0, validate: 0, idle: 0 };

  constructor(deps: ServiceDeps, progress: Progress, checkpoint: () => Promise<void>) {
    this.#deps = deps;
    this.#progress = progress;
    this.#checkpoint = checkpoint;
    this.#due.validate = deps.clock.now() + deps.config.VALIDATE_MS;
  }

  /** @throws what ends the session */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#work(signal), this.#listen(signal)]);
  }

  async #work(signal: AbortSignal): Promise<void> {
    const { clock, config } = this.#deps;
    while (!signal.aborted) {
      await this.#tick(clock.now());
      await clock.sleep(config.CHECKPOINT_MS, signal);
    }
  }

  async #tick(now: number): Promise<void> {
    const { config, metrics, status, pool } = this.#deps;
    const { events } = this.#progress;
    status.dirtySinceMs = events.oldestSeenMs();
    metrics.dirtyKeys.set(events.size);
    metrics.dirtyOldestSeconds.set(
      status.dirtySinceMs === null ? 0 : (now - status.dirtySinceMs) / 1_000,
    );
    await this.#checkpoint();
    if (events.xidCount > xidsMax) {
      const { rows } = await pool.query<{ snapshot: string }>(
        "SELECT pg_current_snapshot()::text AS snapshot",
      );
      events.forgetVisible(parseSnapshot(rows[0]?.snapshot ?? ""));
    }
    if (now >= this.#due.heartbeat) {
      this.#due.heartbeat = now + config.HB_MS;
      await this.#heartbeat(now);
    }
    if (now >= this.#due.validate) {
      this.#due.validate = now + config.VALIDATE_MS;
      await validateDatabase(pool, config.PUBLICATION);
    }
  }

  /** Apart from the rest, which asks the database and would wait with it. */
  async #listen(signal: AbortSignal): Promise<void> {
    const { clock, config, status } = this.#deps;
    while (!signal.aborted) {
      const silentMs = status.heartbeatMs === null ? 0 : clock.now() - status.heartbeatMs;
      if (silentMs > config.HB_LOST_MS && !status.paused) throw new Error("the stream is silent");
      await clock.sleep(config.CHECKPOINT_MS, signal);
    }
  }

  /** Through the log and back: moves the slot of a quiet publication, and measures the whole way. */
  async #heartbeat(now: number): Promise<void> {
    const { pool, config, metrics } = this.#deps;
    await pool.query("SELECT pg_logical_emit_message(true, $1, $2)", [
      messagePrefix,
      heartbeatText(config.SLOT_NAME, now),
    ]);
    const health = await readSlot(pool, config.SLOT_NAME);
    const current = slotWord(health);
    for (const word of slotWords)
      metrics.slotStatus.set({ status: word }, word === current ? 1 : 0);
    if (health.status !== "usable") return;
    metrics.slotRetainedBytes.set(health.retainedBytes);
    metrics.slotSafeBytes.set(health.safeBytes ?? -1);
    metrics.slotLagBytes.set(health.lagBytes);
  }
}
