import { sql } from "drizzle-orm";
import * as z from "zod";
import type { RoomWanted } from "../../contracts/queue-control.ts";
import type { QueueFlagged } from "../../contracts/queue.ts";
import type { Db } from "../../db/client.ts";
import { rowsOf } from "../bookings/call-function.ts";
import { DomainError } from "../errors.ts";

const QueueRow = z.object({
  event: z.string(),
  enabled: z.boolean(),
  generation: z.int(),
  /** Unix milliseconds. */
  opensAt: z.coerce.number(),
  admitPerMinute: z.int(),
  maxActive: z.int(),
  passSeconds: z.int(),
  graceSeconds: z.int(),
  message: z.string(),
  shards: z.int(),
});
/** An event's waiting room as it shall be. */
export type QueueRow = z.infer<typeof QueueRow>;

const columns = sql`
  q.event_id::text AS event, e.queue_enabled AS enabled, q.generation,
  floor(extract(epoch FROM q.opens_at))::bigint * 1000 AS "opensAt", q.admit_per_minute AS "admitPerMinute",
  q.max_active AS "maxActive", q.pass_seconds AS "passSeconds", q.grace_seconds AS "graceSeconds",
  q.message, q.shards`;

/** @returns the row, or `undefined` for an event that never had a waiting room */
export async function readQueue(db: Db, event: string): Promise<QueueRow | undefined> {
  const [row] = rowsOf(
    await db.execute(sql`
      SELECT ${columns} FROM event_queues q JOIN events e ON e.id = q.event_id
      WHERE q.event_id = ${event}`),
  );
  return row === undefined ? undefined : QueueRow.parse(row);
}

/** @returns the rooms of all events that are queued now */
export async function readQueues(db: Db): Promise<QueueRow[]> {
  const rows = rowsOf(
    await db.execute(sql`
      SELECT ${columns} FROM events e JOIN event_queues q ON e.id = q.event_id WHERE e.queue_enabled`),
  );
  return rows.map((row) => QueueRow.parse(row));
}

/** @throws DomainError `conflict` for an event that is not queued */
export async function requireQueue(db: Db, event: string): Promise<QueueRow> {
  const row = await readQueue(db, event);
  if (!row?.enabled) throw new DomainError("conflict", "This event has no waiting room.");
  return row;
}

export async function writeQueue(
  db: Db,
  event: string,
  generation: number,
  settings: Omit<QueueFlagged, "enabled">,
): Promise<void> {
  await db.execute(sql`
    INSERT INTO event_queues
      (event_id, generation, opens_at, admit_per_minute, max_active, pass_seconds, grace_seconds, message, shards)
    VALUES (${event}, ${generation}, ${settings.opensAt}, ${settings.admitPerMinute}, ${settings.maxActive},
            ${settings.passSeconds}, ${settings.graceSeconds}, ${settings.message}, ${settings.shards})
    ON CONFLICT (event_id) DO UPDATE
    SET generation = excluded.generation, opens_at = excluded.opens_at,
        admit_per_minute = excluded.admit_per_minute, max_active = excluded.max_active,
        pass_seconds = excluded.pass_seconds, grace_seconds = excluded.grace_seconds,
        message = excluded.message, shards = excluded.shards, updated_at = now(),
        fail_open_until = CASE WHEN event_queues.generation = excluded.generation THEN event_queues.fail_open_until END`);
}

/** The room as its objects are told of it. */
export function toWanted({ enabled: _enabled, ...row }: QueueRow): RoomWanted {
  return { kind: "configure", ...row };
}
