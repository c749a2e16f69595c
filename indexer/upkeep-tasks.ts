import { noteDropped, readRetired } from "./builds.ts";
import { CollectionMissingError } from "./errors.ts";
import { periodicTask } from "./periodic-task.ts";
import type { SessionContext } from "./session-context.ts";
import type { Task } from "./task.ts";
import { errorOf } from "./write-documents.ts";

/**
 * An event begins without any change of its row: documents that still call it upcoming are looked up in the index
 * itself, so that nothing has to be remembered from one sweep, or one process, to the next.
 */
export function sweepTask(ctx: SessionContext): Task {
  const { pool, sink, clock, config } = ctx;
  return periodicTask("sweep", clock, async () => {
    const { rows } = await pool.query<{ now: number }>(
      "SELECT floor(extract(epoch FROM now()))::float8 AS now",
    );
    for (const collection of ctx.targets()) {
      const filter = `past:=false && starts_at:<=${rows[0]?.now ?? 0}`;
      const begun = await sink.export(collection, filter, "id");
      if (begun.status !== "exported") throw errorOf(begun, collection);
      const ids = begun.lines.map((line) => (JSON.parse(line) as { id: string }).id);
      await ctx.write(ids, [collection]);
    }
    return config.SWEEP_MS;
  });
}

/**
 * Looks whether readers still see the collection that is kept right. The alias may have been moved by hand, or by a
 * process that woke up long after it had meant to.
 */
export function aliasTask(ctx: SessionContext): Task {
  return periodicTask("alias", ctx.clock, async () => {
    const live = ctx.live();
    if (live && (await ctx.collections.current()) !== live) throw new CollectionMissingError(live);
    return ctx.config.VALIDATE_MS;
  });
}

/** Drops collections that readers left long ago; until then a mistaken build can be undone by moving the alias. */
export function retireTask(ctx: SessionContext): Task {
  const { pool, config, clock, collections, deadLetters, log } = ctx;
  return periodicTask("retire", clock, async () => {
    for (const name of await readRetired(pool, config.SLOT_NAME, config.RETIRED_MS)) {
      if (ctx.targets().includes(name)) continue;
      await collections.drop(name);
      await deadLetters.forget(name);
      await noteDropped(pool, name);
      log.info({ collection: name }, "dropped");
    }
    return Math.min(config.RETIRED_MS, 3_600_000);
  });
}

/** Documents in one step. */
const page = 500;

/** Rebuilds what another process may have written after it had lost the slot. */
export function recheckTask(ctx: SessionContext): Task {
  const { pool, config, clock } = ctx;
  return periodicTask("recheck", clock, async () => {
    const { rows } = await pool.query<{ id: string }>(
      "SELECT doc_id AS id FROM indexer_recheck WHERE slot = $1 LIMIT $2",
      [config.SLOT_NAME, page],
    );
    const ids = rows.map((row) => row.id);
    if (ids.length > 0) {
      await ctx.write(ids, ctx.targets());
      await pool.query("DELETE FROM indexer_recheck WHERE slot = $1 AND doc_id = ANY($2::text[])", [
        config.SLOT_NAME,
        ids,
      ]);
    }
    return ids.length < page ? config.STANDBY_MS : 0;
  });
}
