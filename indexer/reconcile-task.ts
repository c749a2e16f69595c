import { type Differences, differentFrom, expectedDocuments, findDifferent } from "./compare.ts";
import { type Lsn, parseLsn } from "./lsn.ts";
import { closeRequests, noteProgress } from "./requests.ts";
import type { SessionContext } from "./session-context.ts";
import type { Task } from "./task.ts";
import { errorOf } from "./write-documents.ts";

/** Events compared in one step. */
const page = 1_000;
/** The whole catalogue is compared in this many turns. */
const turns = 24;
const waitMs = 100;
/** An event that changes between any two looks is left to the next comparison. */
const looksMax = 10;

interface Suspects {
  readonly found: Differences;
  /** Once the stream is past this, what still differs in the same way is wrong and not merely on its way. */
  readonly after: Lsn;
  readonly look: number;
}

/**
 * Compares the rows with the live collection and mends what differs. Nothing ever should: each drift is counted,
 * and one is worth a look at the log.
 */
export class ReconcileTask implements Task {
  readonly name = "reconcile";
  readonly #ctx: SessionContext;
  #turn: number;
  #dueMs: number;
  #cursor: bigint | null = null;
  #end = 0n;
  #whole = false;
  #compared = 0;
  #drifted = 0;
  #suspects: Suspects | null = null;

  constructor(ctx: SessionContext) {
    this.#ctx = ctx;
    this.#turn = Math.floor(ctx.clock.random() * turns);
    this.#dueMs = ctx.clock.now() + ctx.config.RECONCILE_MS;
  }

  dueMs(): number {
    return this.#dueMs;
  }

  /** Compares everything, beginning now. */
  compareAll(): void {
    this.#whole = true;
    this.#cursor = null;
    this.#suspects = null;
    this.#dueMs = this.#ctx.clock.now();
  }

  async step(): Promise<"more"> {
    const live = this.#ctx.live();
    if (!live) this.#dueMs = this.#ctx.clock.now() + waitMs;
    else if (this.#suspects) await this.#confirm(live, this.#suspects);
    else if (this.#cursor === null) await this.#begin();
    else if (this.#cursor < this.#end) await this.#compare(live, this.#cursor);
    else await this.#finish();
    return "more";
  }

  async #begin(): Promise<void> {
    const { rows } = await this.#ctx.pool.query<{ last: string }>(
      "SELECT coalesce(max(id), 0)::text AS last FROM events",
    );
    // Documents beyond the last event can only be wrong: the last turn looks at everything that is left.
    const last = BigInt(rows[0]?.last ?? "0");
    const from = (last * BigInt(this.#turn)) / BigInt(turns);
    const lastTurn = this.#turn === turns - 1;
    this.#cursor = this.#whole ? 0n : from;
    this.#end = this.#whole || lastTurn ? idMax : (last * BigInt(this.#turn + 1)) / BigInt(turns);
    this.#compared = 0;
    this.#drifted = 0;
  }

  async #compare(live: string, cursor: bigint): Promise<void> {
    const { pool, sink, metrics } = this.#ctx;
    const { rows } = await pool.query<{ id: string }>(
      "SELECT id::text FROM events WHERE id > $1 AND id <= $2 ORDER BY events.id LIMIT $3",
      [cursor, this.#end, page],
    );
    const ids = rows.map((row) => row.id);
    const upTo = ids.length < page ? this.#end : BigInt(ids.at(-1) ?? 0);
    const exported = await sink.export(live, `ord:>${cursor} && ord:<=${upTo}`);
    if (exported.status !== "exported") throw errorOf(exported, live);
    const different = differentFrom(await expectedDocuments(pool, ids), exported.lines);
    this.#cursor = upTo;
    this.#compared += ids.length;
    metrics.reconciled.inc(ids.length);
    await this.#suspect(this.#notDirty(different), 1);
    await noteProgress(
      pool,
      this.#ctx.config.SLOT_NAME,
      "reconcile",
      this.#compared,
      await this.#total(),
    );
  }

  async #suspect(found: Differences, look: number): Promise<void> {
    this.#suspects = found.size > 0 ? { found, after: await this.#logEnd(), look } : null;
  }

  /** What is dirty will be written anyway. */
  #notDirty(found: Differences): Differences {
    return new Map([...found].filter(([id]) => !this.#ctx.progress.events.has(id)));
  }

  /**
   * What differed was perhaps changed in the rows and not streamed yet: looks again when it must have been. Rows
   * that have changed since the last look may again be on their way, and get another one.
   */
  async #confirm(live: string, suspects: Suspects): Promise<void> {
    const { pool, sink, progress, clock, metrics, log } = this.#ctx;
    if (progress.confirmable < suspects.after) {
      this.#dueMs = clock.now() + waitMs;
      return;
    }
    const ids = [...suspects.found.keys()];
    const still = this.#notDirty(await findDifferent(pool, sink, live, ids));
    const wrong = [...still]
      .filter(([id, row]) => row === suspects.found.get(id))
      .map(([id]) => id);
    if (wrong.length > 0) {
      log.warn({ collection: live, ids: wrong.slice(0, 20), count: wrong.length }, "drift mended");
      metrics.drift.inc(wrong.length);
      this.#drifted += wrong.length;
      await this.#ctx.write(wrong, [live]);
    }
    const moved = [...still].filter(([id, row]) => row !== suspects.found.get(id));
    await this.#suspect(new Map(suspects.look < looksMax ? moved : []), suspects.look + 1);
    this.#dueMs = clock.now();
  }

  async #finish(): Promise<void> {
    const { pool, config, clock } = this.#ctx;
    if (this.#whole) {
      const outcome = `${this.#compared} compared, ${this.#drifted} mended`;
      await closeRequests(pool, config.SLOT_NAME, "reconcile", outcome);
    } else this.#turn = (this.#turn + 1) % turns;
    this.#whole = false;
    this.#cursor = null;
    this.#dueMs = clock.now() + config.RECONCILE_MS;
  }

  /** A message of our own makes sure that the stream gets past the end of the log. */
  async #logEnd(): Promise<Lsn> {
    const { rows } = await this.#ctx.pool.query<{ lsn: string }>(
      "SELECT pg_current_wal_insert_lsn()::text AS lsn, pg_logical_emit_message(true, 'frontrow_mark', '')",
    );
    return parseLsn(rows[0]?.lsn ?? "");
  }

  async #total(): Promise<number> {
    const { rows } = await this.#ctx.pool.query<{ count: number }>(
      "SELECT reltuples::float8 AS count FROM pg_class WHERE oid = 'events'::regclass",
    );
    return Math.max(this.#compared, rows[0]?.count ?? 0);
  }
}

/** Ids have at most 18 digits (`contracts/ids.ts`). */
const idMax = 10n ** 18n;
