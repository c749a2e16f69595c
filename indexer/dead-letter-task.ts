import { closeRequests } from "./requests.ts";
import type { SessionContext } from "./session-context.ts";
import type { Task } from "./task.ts";

/** Tries refused documents again, with growing pauses: a new version of the server may take them. */
export class DeadLetterTask implements Task {
  readonly name = "dead-letters";
  readonly #ctx: SessionContext;
  #dueMs: number;
  #all = false;

  constructor(ctx: SessionContext) {
    this.#ctx = ctx;
    this.#dueMs = ctx.clock.now() + ctx.config.RETRY_MS;
  }

  dueMs(): number {
    return this.#dueMs;
  }

  retryAll(): void {
    this.#all = true;
    this.#dueMs = this.#ctx.clock.now();
  }

  async step(): Promise<"more"> {
    const { deadLetters, pool, config, clock } = this.#ctx;
    const ids = await deadLetters.due(this.#all);
    await this.#ctx.write(ids, this.#ctx.targets());
    if (this.#all) {
      const outcome = `${ids.length} tried, ${deadLetters.count} left`;
      await closeRequests(pool, config.SLOT_NAME, "retry-dead-letters", outcome);
    }
    this.#all = false;
    this.#dueMs = clock.now() + config.RETRY_MS;
    return "more";
  }
}
