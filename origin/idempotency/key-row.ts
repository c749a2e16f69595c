import { sql } from "drizzle-orm";
import type { Db } from "../../db/client.ts";
import { keptHours } from "./read-stored-answer.ts";

/** Longest that a request may hold its key, in seconds: one that was cut off frees it by then. */
const inFlightSecondsMax = 30;
const forgottenAtOnce = 1_000;

/** A key that a request under way holds. */
export interface HeldKey {
  readonly userId: string;
  readonly key: string;
  /** Tells this holder from a later one, should this request outlive its time. */
  readonly fence: string;
}

/**
 * Takes a key, unless it was used or is held.
 * @returns undefined when it cannot be had; `readStoredAnswer` says why
 */
export async function holdKey(
  db: Db,
  userId: string,
  key: string,
  requestHash: string,
): Promise<HeldKey | undefined> {
  const { rows } = (await db.execute(sql`
    INSERT INTO idempotency_keys AS k (user_id, key, request_hash, locked_until)
    VALUES (${userId}, ${key}, ${requestHash}, clock_timestamp() + make_interval(secs => ${inFlightSecondsMax}::int))
    ON CONFLICT (user_id, key) DO UPDATE
      SET request_hash = excluded.request_hash, locked_until = excluded.locked_until, created_at = now(),
          status = NULL, body = NULL, headers = NULL
      WHERE k.created_at <= now() - make_interval(hours => ${keptHours}::int)
         OR (k.status IS NULL AND k.locked_until <= now())
    RETURNING locked_until::text AS fence`)) as unknown as { rows: { fence: string }[] };
  const [row] = rows;
  return row && { userId, key, fence: row.fence };
}

/** Stores the answer that every repeat will get. */
export async function storeAnswer(
  db: Db,
  held: HeldKey,
  answer: {
    readonly httpStatus: number;
    readonly body: string | null;
    readonly headers: Readonly<Record<string, string>>;
  },
): Promise<void> {
  await db.execute(sql`
    UPDATE idempotency_keys
    SET status = ${answer.httpStatus}, body = ${answer.body}::json, headers = ${JSON.stringify(answer.headers)}::jsonb
    WHERE user_id = ${held.userId} AND key = ${held.key} AND status IS NULL
      AND locked_until = ${held.fence}::timestamptz`);
}

/** Gives the key back: the next request with it is the first one. */
export async function freeKey(db: Db, held: HeldKey): Promise<void> {
  await db.execute(sql`
    DELETE FROM idempotency_keys
    WHERE user_id = ${held.userId} AND key = ${held.key} AND status IS NULL
      AND locked_until = ${held.fence}::timestamptz`);
}

/**
 * Tidies up keys whose time is over; they count for nothing already.
 * @returns how many it removed; there may be more
 */
export async function forgetOldKeys(db: Db): Promise<number> {
  const { rows } = (await db.execute(sql`
    DELETE FROM idempotency_keys
    WHERE (user_id, key) IN (
      SELECT user_id, key FROM idempotency_keys
      WHERE created_at <= now() - make_interval(hours => ${keptHours}::int)
      ORDER BY created_at LIMIT ${forgottenAtOnce} FOR UPDATE SKIP LOCKED)
    RETURNING 1`)) as unknown as { rows: unknown[] };
  return rows.length;
}
