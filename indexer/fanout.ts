import type pg from "pg";
import type { DirtyKey } from "./dirty-keys.ts";
import { formatLsn } from "./lsn.ts";
import { isVisible, parseSnapshot } from "./snapshot.ts";

export type FanoutKind = "venue" | "performer" | "all";

/** A venue or performer whose events must all be rebuilt, or all events there are. */
export interface Fanout {
  readonly id: string;
  readonly kind: FanoutKind;
  readonly refId: string;
  /** Events up to this id are rebuilt. */
  readonly cursor: string;
  /** Of the change that it follows, as Postgres writes it. */
  readonly commitLsn: string;
}

/** Events rebuilt in one step. */
export const fanoutPage = 500;

/**
 * Records fan-outs durably, so that the slot need not wait for them. Later changes of the same ref begin it anew.
 * @returns false while a change is streamed already but not visible yet: nothing is recorded then
 */
export async function recordFanouts(pool: pg.Pool, refs: readonly DirtyKey[]): Promise<boolean> {
  const { rows } = await pool.query<{ snapshot: string }>(
    "SELECT pg_current_snapshot()::text AS snapshot",
  );
  const snapshot = parseSnapshot(rows[0]?.snapshot ?? "");
  if (refs.some((ref) => ref.xids.some((xid) => !isVisible(xid, snapshot)))) return false;
  for (const ref of refs) {
    const [kind, refId] = ref.key.split(":");
    await pool.query(
      `INSERT INTO indexer_fanout (kind, ref_id, commit_lsn) VALUES ($1, $2, $3)
       ON CONFLICT (kind, ref_id) DO UPDATE SET cursor = '0', commit_lsn = excluded.commit_lsn`,
      [kind, refId, formatLsn(ref.lastLsn)],
    );
  }
  return true;
}

/** The fan-out to go on with, how many there are, and how long the oldest has waited. */
export interface FanoutQueue {
  readonly next: Fanout | null;
  readonly waiting: number;
  readonly oldestSeconds: number;
}

export async function nextFanout(pool: pg.Pool): Promise<FanoutQueue> {
  const { rows } = await pool.query<Fanout & { waiting: number; oldestSeconds: number }>(
    `SELECT id::text, kind, ref_id AS "refId", cursor, commit_lsn::text AS "commitLsn",
            (count(*) OVER ())::int AS waiting,
            extract(epoch FROM now() - min(created_at) OVER ())::float8 AS "oldestSeconds"
     FROM indexer_fanout ORDER BY indexer_fanout.id LIMIT 1`,
  );
  const [next] = rows;
  return {
    next: next ?? null,
    waiting: next?.waiting ?? 0,
    oldestSeconds: next?.oldestSeconds ?? 0,
  };
}

const pageSql: Record<FanoutKind, string> = {
  venue: "SELECT id FROM events WHERE venue_id = $1::bigint AND id > $2 ORDER BY id LIMIT $3",
  performer: `SELECT id FROM events WHERE performer_id = $1::bigint AND id > $2
    UNION SELECT event_id FROM event_performers WHERE performer_id = $1::bigint AND event_id > $2
    ORDER BY 1 LIMIT $3`,
  all: "SELECT id FROM events WHERE $1 = '' AND id > $2 ORDER BY id LIMIT $3",
};

/** @returns the ids of the next page, in order; fewer than a full page is the last one */
export async function fanoutIds(pool: pg.Pool, fanout: Fanout): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(pageSql[fanout.kind], [
    fanout.refId,
    fanout.cursor,
    fanoutPage,
  ]);
  return rows.map((row) => row.id);
}

/**
 * A page is written: moves the cursor, or ends the fan-out after the last page. One that was begun anew meanwhile, by
 * a later change that another process received, is left as it is.
 */
export async function moveFanout(
  pool: pg.Pool,
  fanout: Fanout,
  ids: readonly string[],
): Promise<void> {
  const last = ids.at(-1);
  const asRead = "id = $1 AND cursor = $2 AND commit_lsn = $3::pg_lsn";
  const values = [fanout.id, fanout.cursor, fanout.commitLsn];
  if (last === undefined || ids.length < fanoutPage) {
    await pool.query(`DELETE FROM indexer_fanout WHERE ${asRead}`, values);
  } else {
    await pool.query(`UPDATE indexer_fanout SET cursor = $4 WHERE ${asRead}`, [...values, last]);
  }
}
