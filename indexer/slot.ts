import type pg from "pg";
import { codeOf, sqlState } from "./errors.ts";
import { type Lsn, parseLsn } from "./lsn.ts";

/** The state of a replication slot: everything that decides whether streaming can go on. */
export type SlotHealth =
  | { status: "missing" }
  /** The server dropped log that we had not read: the slot can never be used again. */
  | { status: "lost"; cause: string }
  | {
      status: "usable";
      active: boolean;
      /** Whether the log that it needs is there for sure (`reserved`, `extended`), or may go with the next checkpoint. */
      wal: "reserved" | "extended" | "unreserved";
      confirmed: Lsn;
      /** Log that the server keeps for us, in bytes. */
      retainedBytes: number;
      /** Log between the confirmed position and now, in bytes. */
      lagBytes: number;
      /** Log that may still be written before the slot is lost; `null` without a limit. */
      safeBytes: number | null;
    };

/** Everything that a slot may be, in one word each. */
export const slotWords = ["reserved", "extended", "unreserved", "lost", "missing"] as const;

/** @returns which of them it is */
export function slotWord(health: SlotHealth): (typeof slotWords)[number] {
  return health.status === "usable" ? health.wal : health.status;
}

interface SlotRow {
  active: boolean;
  confirmed: string | null;
  wal_status: string | null;
  cause: string | null;
  retained: number | null;
  lag: number | null;
  safe: number | null;
}

/** Any constant: it only has to be the same in every indexer. */
const slotLock = 7_305_193_060;

export async function readSlot(db: pg.Pool | pg.ClientBase, slot: string): Promise<SlotHealth> {
  // `invalidation_reason` came with PostgreSQL 17.
  const { rows } = await db.query<SlotRow>(
    `SELECT active, confirmed_flush_lsn::text AS confirmed, wal_status,
            to_jsonb(s)->>'invalidation_reason' AS cause,
            (pg_current_wal_lsn() - restart_lsn)::float8 AS retained,
            (pg_current_wal_lsn() - confirmed_flush_lsn)::float8 AS lag, safe_wal_size::float8 AS safe
     FROM pg_replication_slots s WHERE slot_name = $1`,
    [slot],
  );
  const [row] = rows;
  if (!row) return { status: "missing" };
  if (row.wal_status === "lost" || row.cause || !row.confirmed) {
    return { status: "lost", cause: row.cause ?? row.wal_status ?? "unconfirmed" };
  }
  return {
    status: "usable",
    active: row.active,
    wal:
      row.wal_status === "extended" || row.wal_status === "unreserved"
        ? row.wal_status
        : "reserved",
    confirmed: parseLsn(row.confirmed),
    retainedBytes: row.retained ?? 0,
    lagBytes: row.lag ?? 0,
    safeBytes: row.safe,
  };
}

/**
 * Makes sure that there is a slot that can be streamed. A new one begins where the log is now, so that the
 * collection must be built anew: `beforeMaking` records that first, lest a crash in between be forgotten.
 */
export async function ensureSlot(
  pool: pg.Pool,
  slot: string,
  beforeMaking: (reason: "slot-lost" | "no-slot") => Promise<void>,
): Promise<"kept" | "made"> {
  const client = await pool.connect();
  try {
    // Two indexers must not both replace a lost slot: the second would drop the first one's.
    await client.query("SELECT pg_advisory_lock($1)", [slotLock]);
    const health = await readSlot(client, slot);
    if (health.status === "usable") return "kept";
    await beforeMaking(health.status === "lost" ? "slot-lost" : "no-slot");
    if (health.status === "lost") await dropSlot(client, slot);
    await client.query("SELECT pg_create_logical_replication_slot($1, 'pgoutput')", [slot]);
    return "made";
  } finally {
    await client.query("SELECT pg_advisory_unlock($1)", [slotLock]).catch(() => {});
    client.release();
  }
}

/** Drops a slot; that it is gone already is fine. */
export async function dropSlot(db: pg.Pool | pg.ClientBase, slot: string): Promise<void> {
  try {
    await db.query("SELECT pg_drop_replication_slot($1)", [slot]);
  } catch (error) {
    if (codeOf(error) !== sqlState.undefinedObject) throw error;
  }
}
