import { noteDropped, readRetired } from "./builds.ts";
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

/** Drops collections that readers left long ago; until then a mistaken build can be undone by moving the alias. */
export class RetireTask implements Task {
  readonly name = "retire";
  readonly #ctx: SessionContext;
  #dueMs = 0;

  constructor(ctx: SessionContext) {
    this.#ctx = ctx;
  }

  dueMs(): number {
    return this.#dueMs;
  }

  async step(): Promise<"more"> {
    const { pool, config, clock, collections, deadLetters, log } = this.#ctx;
    for (const name of await readRetired(pool, config.SLOT_NAME, config.RETIRED_MS)) {
      if (this.#ctx.targets().includes(name)) continue;
      await collections.drop(name);
      await deadLetters.forget(name);
      await noteDropped(pool, name);
      log.info({ collection: name }, "dropped");
    }
    this.#dueMs = clock.now() + Math.min(config.RETIRED_MS, 3_600_000);
    return "more";
  }
}

/** Documents in one step. */
const page = 500;

/** Rebuilds what another process may have written after it had lost the slot. */
export class RecheckTask implements Task {
  readonly name = "recheck";
  readonly #ctx: SessionContext;
  #dueMs = 0;

  constructor(ctx: SessionContext) {
    this.#ctx = ctx;
  }

  dueMs(): number {
    return this.#dueMs;
  }

  async step(): Promise<"more"> {
    const { pool, config, clock } = this.#ctx;
    const { rows } = await pool.query<{ id: string }>(
      "SELECT doc_id AS id FROM indexer_recheck WHERE slot = $1 LIMIT $2",
      [config.SLOT_NAME, page],
    );
    const ids = rows.map((row) => row.id);
    if (ids.length > 0) {
      await this.#ctx.write(ids, this.#ctx.targets());
      await pool.query("DELETE FROM indexer_recheck WHERE slot = $1 AND doc_id = ANY($2::text[])", [
        config.SLOT_NAME,
        ids,
      ]);
    }
    if (ids.length < page) this.#dueMs = clock.now() + config.STANDBY_MS;
    return "more";
  }
}
