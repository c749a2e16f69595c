import { fanoutIds, moveFanout, nextFanout } from "./fanout.ts";
import type { SessionContext } from "./session-context.ts";
import type { Task } from "./task.ts";

/** Rebuilds the events of changed venues and performers, a page at a time and not faster than allowed. */
export class FanoutTask implements Task {
  readonly name = "fanout";
  readonly #ctx: SessionContext;
  /** What an earlier process recorded is due at once. */
  #dueMs = 0;

  constructor(ctx: SessionContext) {
    this.#ctx = ctx;
  }

  dueMs(): number {
    return this.#dueMs;
  }

  /** Something was recorded. */
  wake(): void {
    this.#dueMs = Math.min(this.#dueMs, this.#ctx.clock.now());
  }

  async step(): Promise<"more"> {
    const { pool, clock, config, metrics } = this.#ctx;
    const startedMs = clock.now();
    const { next, waiting, oldestSeconds } = await nextFanout(pool);
    metrics.fanouts.set(waiting);
    metrics.fanoutOldestSeconds.set(oldestSeconds);
    if (!next) {
      this.#dueMs = Number.POSITIVE_INFINITY;
      return "more";
    }
    const ids = await fanoutIds(pool, next);
    await this.#ctx.write(ids, this.#ctx.targets());
    await moveFanout(pool, next, ids);
    this.#dueMs = startedMs + (ids.length / config.FANOUT_DPS) * 1_000;
    return "more";
  }
}
