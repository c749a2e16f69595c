import type pg from "pg";
import { transact } from "./transact.ts";

/** Why a collection is built. */
export type RebuildReason =
  | "no-checkpoint"
  | "no-slot"
  | "slot-lost"
  | "slot-moved"
  | "other-system"
  | "other-timeline"
  | "publication"
  | "schema"
  | "collection-missing"
  | "truncated"
  | "requested";

/** Changes were missed: until the build is done, the live collection is left as it was rather than half right. */
export const gapReasons: ReadonlySet<RebuildReason> = new Set([
  "no-checkpoint",
  "no-slot",
  "slot-lost",
  "slot-moved",
  "other-system",
  "other-timeline",
  "publication",
]);

/** A collection being filled, as `indexer_build` remembers it. */
export interface Build {
  readonly collection: string;
  readonly reason: RebuildReason;
  readonly schemaHash: string;
  /** Events up to this id are in. */
  readonly cursor: string;
  /** Published events when it began. */
  readonly total: number;
}

/** @returns the build under way, if any */
export async function readBuild(pool: pg.Pool, slot: string): Promise<Build | null> {
  const { rows } = await pool.query<Build>(
    `SELECT collection, reason, schema_hash AS "schemaHash", cursor::text, total::float8 AS total
     FROM indexer_build WHERE slot = $1 AND phase = 'filling'`,
    [slot],
  );
  return rows[0] ?? null;
}

/** Records a new build in the place of any other and of the demand for it. */
export async function recordBuild(
  pool: pg.Pool,
  slot: string,
  build: { collection: string; reason: RebuildReason; schemaHash: string },
): Promise<Build> {
  return transact(pool, async (client) => {
    await client.query(
      `UPDATE indexer_build SET phase = 'retired', retired_at = '-infinity'
       WHERE slot = $1 AND phase = 'filling'`,
      [slot],
    );
    await client.query("UPDATE indexer_checkpoint SET rebuild_reason = NULL WHERE slot = $1", [
      slot,
    ]);
    const { rows } = await client.query<Build>(
      `INSERT INTO indexer_build (collection, slot, reason, schema_hash, phase, total)
       SELECT $1, $2, $3, $4, 'filling', count(*) FROM events WHERE status = 'published'
       ON CONFLICT (collection) DO UPDATE SET reason = $3, schema_hash = $4, phase = 'filling',
         total = excluded.total, cursor = 0, created_at = now(), live_at = NULL, retired_at = NULL
       RETURNING collection, reason, schema_hash AS "schemaHash", cursor::text, total::float8 AS total`,
      [build.collection, slot, build.reason, build.schemaHash],
    );
    const [made] = rows;
    if (!made) throw new Error("the build was not recorded");
    return made;
  });
}

export async function moveBuild(pool: pg.Pool, collection: string, cursor: string): Promise<void> {
  await pool.query("UPDATE indexer_build SET cursor = $2 WHERE collection = $1", [
    collection,
    cursor,
  ]);
}

/** The alias leads to this collection now: it is live, and what was live before is retired. */
export async function finishBuild(pool: pg.Pool, slot: string, collection: string): Promise<void> {
  await transact(pool, async (client) => {
    await client.query(
      `UPDATE indexer_build SET phase = 'retired', retired_at = now()
       WHERE slot = $1 AND phase = 'live'`,
      [slot],
    );
    await client.query(
      "UPDATE indexer_build SET phase = 'live', live_at = now() WHERE collection = $1",
      [collection],
    );
    await client.query(
      `UPDATE indexer_checkpoint c SET collection = b.collection, schema_hash = b.schema_hash
       FROM indexer_build b WHERE c.slot = $1 AND b.collection = $2`,
      [slot, collection],
    );
  });
}

/** @returns collections that readers left longer than `keepMs` ago */
export async function readRetired(pool: pg.Pool, slot: string, keepMs: number): Promise<string[]> {
  const { rows } = await pool.query<{ collection: string }>(
    `SELECT collection FROM indexer_build WHERE slot = $1 AND phase = 'retired'
       AND (retired_at < now() - $2 * interval '1 millisecond'
            OR retired_at < (SELECT max(retired_at) FROM indexer_build WHERE slot = $1))`,
    [slot, keepMs],
  );
  return rows.map((row) => row.collection);
}

/** The collection is gone; its row stays for a day, as history. */
export async function noteDropped(pool: pg.Pool, collection: string): Promise<void> {
  await pool.query("UPDATE indexer_build SET phase = 'dropped' WHERE collection = $1", [
    collection,
  ]);
  await pool.query(
    "DELETE FROM indexer_build WHERE phase = 'dropped' AND created_at < now() - interval '1 day'",
  );
}

/** @returns how many builds began within the last hour because the slot was lost */
export async function countRecentLosses(pool: pg.Pool, slot: string): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM indexer_build
     WHERE slot = $1 AND reason IN ('slot-lost', 'no-slot') AND created_at > now() - interval '1 hour'`,
    [slot],
  );
  return rows[0]?.count ?? 0;
}

/** @returns how many published events there are up to an id */
export async function countPublished(pool: pg.Pool, upTo: string): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    "SELECT count(*)::float8 AS count FROM events WHERE status = 'published' AND id <= $1",
    [upTo],
  );
  return rows[0]?.count ?? 0;
}
