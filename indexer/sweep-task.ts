import type { SessionContext } from "./session-context.ts";
import type { Task } from "./task.ts";
import { errorOf } from "./write-documents.ts";

/**
 * An event begins without any change of its row: documents that still call it upcoming are looked up in the index
 * itself, so that nothing has to be remembered from one sweep, or one process, to the next.
 */
export class SweepTask implements Task {
  readonly name = "sweep";
  readonly #ctx: SessionContext;
  #dueMs = 0;

  constructor(ctx: SessionContext) {
    this.#ctx = ctx;
  }

  dueMs(): number {
    return this.#dueMs;
  }

  async step(): Promise<"more"> {
    const { pool, sink, clock, config } = this.#ctx;
    const { rows } = await pool.query<{ now: number }>(
      "SELECT floor(extract(epoch FROM now()))::float8 AS now",
    );
    for (const collection of this.#ctx.targets()) {
      const filter = `past:=false && starts_at:<=${rows[0]?.now ?? 0}`;
      const begun = await sink.export(collection, filter, "id");
      if (begun.status !== "exported") throw errorOf(begun, collection);
      const ids = begun.lines.map((line) => (JSON.parse(line) as { id: string }).id);
      await this.#ctx.write(ids, [collection]);
    }
    this.#dueMs = clock.now() + config.SWEEP_MS;
    return "more";
  }
}
