import type pg from "pg";
import { readCheckpoint } from "./checkpoint.ts";
import { formatLsn } from "./lsn.ts";
import { readSlot } from "./slot.ts";

export interface IndexerStatus {
  /** Streaming, nothing refused, nothing to be built. */
  readonly healthy: boolean;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  readonly builds: readonly Record<string, unknown>[];
  readonly requests: readonly Record<string, unknown>[];
}

/** What the database knows of the indexer; its own `/ready` and `/metrics` know more. */
export async function readStatus(pool: pg.Pool, slot: string): Promise<IndexerStatus> {
  const [health, checkpoint, owed] = await Promise.all([
    readSlot(pool, slot),
    readCheckpoint(pool, slot),
    pool.query<{ dead: number; fanouts: number; rechecks: number }>(
      `SELECT (SELECT count(*)::int FROM indexer_dead_letter) AS dead,
              (SELECT count(*)::int FROM indexer_fanout) AS fanouts,
              (SELECT count(*)::int FROM indexer_recheck WHERE slot = $1) AS rechecks`,
      [slot],
    ),
  ]);
  const builds = await pool.query<Record<string, unknown>>(
    `SELECT collection, phase, reason, total::int, cursor::text, created_at, live_at FROM indexer_build
     WHERE slot = $1 ORDER BY created_at DESC LIMIT 10`,
    [slot],
  );
  const requests = await pool.query<Record<string, unknown>>(
    `SELECT id::int, kind, status, done::int, total::int, outcome, created_at FROM indexer_request
     WHERE slot = $1 ORDER BY id DESC LIMIT 5`,
    [slot],
  );
  const { dead = 0, fanouts = 0, rechecks = 0 } = owed.rows[0] ?? {};
  const streaming = health.status === "usable" && health.active;
  return {
    healthy: streaming && dead === 0 && checkpoint !== null && checkpoint.rebuildReason === null,
    builds: builds.rows,
    requests: requests.rows,
    facts: {
      slot,
      "slot state": health.status === "lost" ? `lost: ${health.cause}` : health.status,
      "an indexer streams it": streaming,
      ...(health.status === "usable" && {
        "confirmed up to": formatLsn(health.confirmed),
        "lag, bytes": health.lagBytes,
        "log kept for it, bytes": health.retainedBytes,
        "log until it is lost, bytes": health.safeBytes ?? "no limit",
      }),
      "readers see": checkpoint?.collection || "nothing yet",
      "must be built anew": checkpoint?.rebuildReason ?? "no",
      epoch: checkpoint?.epoch ?? 0,
      "dead letters": dead,
      "fan-outs waiting": fanouts,
      "documents to recheck": rechecks,
    },
  };
}
