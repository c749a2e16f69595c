import { type Build, countPublished, finishBuild, moveBuild } from "./builds.ts";
import { findDifferent } from "./compare.ts";
import { errorOf } from "./write-documents.ts";
import type { SessionContext } from "./session-context.ts";
import { closeRequests, noteProgress } from "./requests.ts";
import type { Task } from "./task.ts";

/** Events in one step: edits wait for no more than that. */
const chunk = 500;
/** Documents compared word by word before readers see a collection. */
const sampleSize = 1_000;
/** Readers should not move to a collection that lags behind. */
const lagMsMax = 2_000;
const verifyPauseMs = 200;

/**
 * Fills a new collection, step by step between the stream's batches and in the same loop, so that no delete can
 * slip between a read and its write; then checks it and has readers move over.
 */
export class BuildTask implements Task {
  readonly name = "build";
  readonly #ctx: SessionContext;
  readonly #onBuilt: () => void;
  #build: Build;
  #filled = false;
  #done = 0;
  #notBeforeMs = 0;

  /** @param onBuilt called when readers have moved over */
  constructor(ctx: SessionContext, build: Build, onBuilt: () => void) {
    this.#ctx = ctx;
    this.#onBuilt = onBuilt;
    this.#build = build;
  }

  dueMs(): number {
    return this.#notBeforeMs;
  }

  async step(): Promise<"more" | "finished"> {
    if (!this.#filled) {
      await this.#fill();
      return "more";
    }
    const wrong = await this.#verify();
    if (wrong === "not-yet" || wrong.length > 0) {
      if (wrong !== "not-yet") {
        this.#ctx.log.warn({ collection: this.#build.collection, wrong: wrong.length }, "mending");
        await this.#write(wrong);
      }
      this.#notBeforeMs = this.#ctx.clock.now() + verifyPauseMs;
      return "more";
    }
    await this.#swap();
    this.#onBuilt();
    return "finished";
  }

  async #fill(): Promise<void> {
    const { pool, metrics } = this.#ctx;
    if (this.#done === 0 && this.#build.cursor !== "0") {
      this.#done = await countPublished(pool, this.#build.cursor);
    }
    const { rows } = await pool.query<{ id: string }>(
      `SELECT id::text FROM events WHERE id > $1 AND status = 'published' ORDER BY events.id LIMIT $2`,
      [this.#build.cursor, chunk],
    );
    const ids = rows.map((row) => row.id);
    const last = ids.at(-1);
    if (last === undefined) {
      this.#filled = true;
      return;
    }
    await this.#write(ids);
    await moveBuild(pool, this.#build.collection, last);
    this.#build = { ...this.#build, cursor: last };
    this.#done += ids.length;
    metrics.buildDone.set(Math.min(1, this.#done / Math.max(1, this.#build.total)));
    await noteProgress(pool, this.#ctx.config.SLOT_NAME, "rebuild", this.#done, this.#build.total);
  }

  async #write(ids: readonly string[]): Promise<void> {
    await this.#ctx.write(ids, [this.#build.collection]);
  }

  /** @returns ids whose documents are wrong in the new collection */
  async #verify(): Promise<string[] | "not-yet"> {
    const { pool, sink, clock, progress } = this.#ctx;
    const oldest = progress.events.oldestSeenMs();
    if (oldest !== null && clock.now() - oldest > lagMsMax) return "not-yet";
    const { collection } = this.#build;
    const counted = await sink.count(collection);
    if (counted.status !== "counted") throw errorOf(counted, collection);
    const exported = await sink.export(collection, undefined, "id");
    if (exported.status !== "exported") throw errorOf(exported, collection);
    const stored = new Set(exported.lines.map((line) => (JSON.parse(line) as { id: string }).id));
    if (stored.size !== counted.documents) return "not-yet";
    const { rows } = await pool.query<{ id: string }>(
      "SELECT id::text FROM events WHERE status = 'published'",
    );
    const expected = new Set(rows.map((row) => row.id));
    const wrong = [
      ...[...expected].filter((id) => !stored.has(id)),
      ...[...stored].filter((id) => !expected.has(id)),
    ];
    if (wrong.length > 0) return this.#notDirty(wrong);
    const sample = this.#sample([...expected]);
    return this.#notDirty([...(await findDifferent(pool, sink, collection, sample)).keys()]);
  }

  /** What is dirty will be written anyway. */
  #notDirty(ids: readonly string[]): string[] {
    return ids.filter((id) => !this.#ctx.progress.events.has(id));
  }

  #sample(ids: readonly string[]): string[] {
    if (ids.length <= sampleSize) return [...ids];
    const chosen = new Set<string>();
    while (chosen.size < sampleSize) {
      const id = ids[Math.floor(this.#ctx.clock.random() * ids.length)];
      if (id) chosen.add(id);
    }
    return [...chosen];
  }

  async #swap(): Promise<void> {
    const { collection } = this.#build;
    await this.#ctx.checkpoint();
    await this.#ctx.collections.swap(collection);
    await finishBuild(this.#ctx.pool, this.#ctx.config.SLOT_NAME, collection);
    await closeRequests(this.#ctx.pool, this.#ctx.config.SLOT_NAME, "rebuild", collection);
    this.#ctx.metrics.rebuilds.inc();
    this.#ctx.metrics.buildDone.set(-1);
    this.#ctx.log.info({ collection, reason: this.#build.reason }, "readers moved over");
  }
}
