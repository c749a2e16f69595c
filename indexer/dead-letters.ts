import type pg from "pg";
import type { LineFailure } from "./typesense-sink.ts";

export interface DeadLetter extends LineFailure {
  readonly collection: string;
  readonly document: unknown;
}

/**
 * Documents that the search server refused by themselves. They are kept until the same key is written or deleted
 * successfully; everything else goes on meanwhile.
 */
export class DeadLetters {
  readonly #pool: pg.Pool;
  /** `collection/id`, so that a write that never failed costs no query. */
  readonly #known = new Set<string>();

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  get count(): number {
    return this.#known.size;
  }

  /** Reads which there are; once, before anything is written. */
  async load(): Promise<void> {
    const { rows } = await this.#pool.query<{ key: string }>(
      "SELECT collection || '/' || doc_id AS key FROM indexer_dead_letter",
    );
    this.#known.clear();
    for (const { key } of rows) this.#known.add(key);
  }

  async bury(letters: readonly DeadLetter[]): Promise<void> {
    for (const letter of letters) {
      await this.#pool.query(
        `INSERT INTO indexer_dead_letter AS d (collection, doc_id, error, code, doc)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (collection, doc_id) DO UPDATE SET error = excluded.error, code = excluded.code,
           doc = excluded.doc, attempts = d.attempts + 1, last_at = now()`,
        [letter.collection, letter.id, letter.error, letter.code, JSON.stringify(letter.document)],
      );
      this.#known.add(`${letter.collection}/${letter.id}`);
    }
  }

  /** These keys are right again in this collection. */
  async resolve(collection: string, ids: readonly string[]): Promise<void> {
    const dead = ids.filter((id) => this.#known.has(`${collection}/${id}`));
    if (dead.length === 0) return;
    await this.#pool.query(
      "DELETE FROM indexer_dead_letter WHERE collection = $1 AND doc_id = ANY($2::text[])",
      [collection, dead],
    );
    for (const id of dead) this.#known.delete(`${collection}/${id}`);
  }

  /** A collection is gone, and its dead letters with it. */
  async forget(collection: string): Promise<void> {
    await this.#pool.query("DELETE FROM indexer_dead_letter WHERE collection = $1", [collection]);
    await this.load();
  }

  /** @returns ids to try again: an hour after the first failure, then after 2, 4 … 24 hours; or all of them now */
  async due(all: boolean): Promise<string[]> {
    const { rows } = await this.#pool.query<{ id: string }>(
      `SELECT DISTINCT doc_id AS id FROM indexer_dead_letter
       WHERE $1 OR last_at < now() - least(24, power(2, least(attempts, 5) - 1)) * interval '1 hour'`,
      [all],
    );
    return rows.map((row) => row.id);
  }
}
