import { sql } from "drizzle-orm";
import * as z from "zod";
import type { Db } from "../../db/client.ts";

/** Keys are kept for so long, in hours; then they are new again. The database functions say the same. */
export const keptHours = 24;

const Row = z.object({
  requestHash: z.string(),
  status: z.int().nullable(),
  body: z.string().nullable(),
  headers: z.record(z.string(), z.string()).nullable(),
});

export type StoredAnswer =
  | { readonly status: "none" }
  | { readonly status: "other-request" }
  | { readonly status: "in-flight" }
  | {
      readonly status: "answered";
      readonly httpStatus: number;
      /** JSON; null without a body. */
      readonly body: string | null;
      readonly headers: Readonly<Record<string, string>>;
    };

/** Reads what is known of a key, by its primary key. A request that was cut off is forgotten after its time. */
export async function readStoredAnswer(
  db: Db,
  userId: string,
  { key, requestHash }: { readonly key: string; readonly requestHash: string },
): Promise<StoredAnswer> {
  const { rows } = (await db.execute(sql`
    SELECT request_hash AS "requestHash", status, body::text AS body, headers
    FROM idempotency_keys
    WHERE user_id = ${userId} AND key = ${key} AND created_at > now() - make_interval(hours => ${keptHours}::int)
      AND (status IS NOT NULL OR locked_until > now())`)) as unknown as { rows: unknown[] };
  if (rows.length === 0) return { status: "none" };
  const row = Row.parse(rows[0]);
  if (row.requestHash !== requestHash) return { status: "other-request" };
  if (row.status === null) return { status: "in-flight" };
  return {
    status: "answered",
    httpStatus: row.status,
    body: row.body,
    headers: row.headers ?? {},
  };
}
