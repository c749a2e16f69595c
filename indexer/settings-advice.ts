import type pg from "pg";

/** Settings of the server that decide what becomes of a slot that nobody reads; `null` where it has none of them. */
export interface SlotSettings {
  /** `max_slot_wal_keep_size`; -1 is no limit. */
  readonly keepMegabytes: number | null;
  /** `idle_replication_slot_timeout` of PostgreSQL 18; 0 is never. */
  readonly idleSeconds: number | null;
}

const idleSecondsMin = 48 * 3_600;

export async function readSlotSettings(pool: pg.Pool): Promise<SlotSettings> {
  const { rows } = await pool.query<{ keep: number | null; idle: number | null }>(
    `SELECT (SELECT setting::float8 FROM pg_settings WHERE name = 'max_slot_wal_keep_size') AS keep,
            (SELECT setting::float8 * CASE unit WHEN 'min' THEN 60 WHEN 'ms' THEN 0.001 ELSE 1 END
             FROM pg_settings WHERE name = 'idle_replication_slot_timeout') AS idle`,
  );
  return { keepMegabytes: rows[0]?.keep ?? null, idleSeconds: rows[0]?.idle ?? null };
}

/** @returns what an operator should know about them; nothing of it keeps us from working */
export function adviceOn({ keepMegabytes, idleSeconds }: SlotSettings): string[] {
  const advice: string[] = [];
  if (keepMegabytes === -1) {
    advice.push(
      "max_slot_wal_keep_size has no limit: while no indexer runs, its slot fills the server's disk",
    );
  }
  if (idleSeconds !== null && idleSeconds > 0 && idleSeconds < idleSecondsMin) {
    advice.push(
      `idle_replication_slot_timeout is ${idleSeconds} s: a pause of the indexer that long costs a rebuild; 0, or two days, is better`,
    );
  }
  return advice;
}
