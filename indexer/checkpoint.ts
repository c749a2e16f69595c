import type pg from "pg";
import type { RebuildReason } from "./builds.ts";
import { FencedError } from "./errors.ts";
import { formatLsn, type Lsn, parseLsn } from "./lsn.ts";

/** What the indexer knows of its own progress, apart from the slot. */
export interface Checkpoint {
  readonly systemId: string;
  readonly timeline: number;
  readonly applied: Lsn;
  /** The collection that readers see, or an empty string before the first. */
  readonly collection: string;
  readonly schemaHash: string;
  readonly epoch: number;
  readonly rebuildReason: RebuildReason | null;
}

interface CheckpointRow {
  system_id: string;
  timeline: number;
  applied: string;
  collection: string;
  schema_hash: string;
  epoch: number;
  rebuild_reason: RebuildReason | null;
}

export async function readCheckpoint(pool: pg.Pool, slot: string): Promise<Checkpoint | null> {
  const { rows } = await pool.query<CheckpointRow>(
    `SELECT system_id, timeline, applied_lsn::text AS applied, collection, schema_hash,
            epoch::float8 AS epoch, rebuild_reason
     FROM indexer_checkpoint WHERE slot = $1`,
    [slot],
  );
  return rows[0] ? checkpointOf(rows[0]) : null;
}

/** Records that the collection must be built anew, whatever happens to this process. */
export async function demandRebuild(
  pool: pg.Pool,
  slot: string,
  reason: RebuildReason,
): Promise<void> {
  await pool.query(
    `INSERT INTO indexer_checkpoint (slot, system_id, timeline, applied_lsn, collection, schema_hash, rebuild_reason)
     VALUES ($1, '', 0, '0/0', '', '', $2)
     ON CONFLICT (slot) DO UPDATE SET rebuild_reason = $2, updated_at = now()`,
    [slot, reason],
  );
}

/**
 * Begins a new epoch: whoever held an older one can no longer move the checkpoint.
 * Call it only while holding the slot's stream.
 */
export async function beginEpoch(pool: pg.Pool, slot: string): Promise<Checkpoint> {
  const { rows } = await pool.query<CheckpointRow>(
    `INSERT INTO indexer_checkpoint AS c (slot, system_id, timeline, applied_lsn, collection, schema_hash, epoch, rebuild_reason)
     VALUES ($1, '', 0, '0/0', '', '', 1, 'no-checkpoint')
     ON CONFLICT (slot) DO UPDATE SET epoch = c.epoch + 1, updated_at = now()
     RETURNING system_id, timeline, applied_lsn::text AS applied, collection, schema_hash,
               epoch::float8 AS epoch, rebuild_reason`,
    [slot],
  );
  const [row] = rows;
  if (!row) throw new Error("the checkpoint was not written");
  return checkpointOf(row);
}

/**
 * Moves the checkpoint. Done before the slot is moved, so that a slot that is ahead of it was moved by somebody
 * else.
 * @throws FencedError when another process has begun a newer epoch
 */
export async function saveCheckpoint(
  pool: pg.Pool,
  slot: string,
  epoch: number,
  applied: Lsn,
): Promise<void> {
  const { rowCount } = await pool.query(
    `UPDATE indexer_checkpoint SET applied_lsn = $3, updated_at = now(),
            (system_id, timeline) = (SELECT system_id, timeline FROM (${identitySql}) it)
     WHERE slot = $1 AND epoch = $2`,
    [slot, epoch, formatLsn(applied)],
  );
  if (rowCount !== 1) throw new FencedError("another indexer has taken over");
}

/** Which log it is that positions are in. */
export interface LogIdentity {
  /** Of the server's data, which a restored copy shares and a new cluster does not. */
  readonly systemId: string;
  /** Grows when a copy takes over: it may lack what we have seen at the end of the old one's log. */
  readonly timeline: number;
}

/** The timeline that is written now, not that of the last checkpoint, which lags behind a takeover. */
const identitySql = `
  SELECT system_identifier::text AS system_id,
         ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int AS timeline
  FROM pg_control_system()`;

export async function readLogIdentity(pool: pg.Pool): Promise<LogIdentity> {
  const { rows } = await pool.query<{ system_id: string; timeline: number }>(identitySql);
  return { systemId: rows[0]?.system_id ?? "", timeline: rows[0]?.timeline ?? 0 };
}

function checkpointOf(row: CheckpointRow): Checkpoint {
  return {
    systemId: row.system_id,
    timeline: row.timeline,
    applied: parseLsn(row.applied),
    collection: row.collection,
    schemaHash: row.schema_hash,
    epoch: row.epoch,
    rebuildReason: row.rebuild_reason,
  };
}
