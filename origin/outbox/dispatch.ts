import { sql } from "drizzle-orm";
import type { Db } from "../../db/client.ts";
import { withTransaction } from "../../db/transaction.ts";
import type { Deliveries } from "./deliver.ts";

/**
 * Messages taken at once, each about one event. One of a batch of holds may name 256 tickets: all of them together stay
 * under what the edge takes in a body, and under the events it takes in a message.
 */
export const batchMax = 150;
/** Then a message is given up: it was about seats of some minutes ago. */
const attemptsMax = 8;
const retrySecondsMax = 60;

export interface Dispatched {
  readonly delivered: number;
  /** They come again later. */
  readonly failed: number;
  /** They failed for the last time. */
  readonly givenUp: number;
  /** Of the first failure. */
  readonly error?: unknown;
}

/**
 * Delivers what is due of one topic, at least once: the rows stay locked, not gone, until the receiver has them, so
 * that a process that dies in between loses nothing. Others skip locked rows and wait for nobody, which is why this
 * one transaction may span a network call.
 */
export async function dispatch(
  db: Db,
  deliveries: Deliveries,
  topic: keyof typeof deliveries,
): Promise<Dispatched> {
  return withTransaction(db, async (tx) => {
    const { rows } = (await tx.execute(sql`
      SELECT id::text AS id, payload FROM outbox WHERE topic = ${topic} AND next_at <= now()
      ORDER BY next_at, outbox.id LIMIT ${batchMax} FOR UPDATE SKIP LOCKED`)) as unknown as {
      rows: { id: string; payload: unknown }[];
    };
    if (rows.length === 0) return { delivered: 0, failed: 0, givenUp: 0 };
    const ids = sql.param(rows.map(({ id }) => id));
    const inOrder = rows.toSorted((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
    try {
      await deliveries[topic]?.(inOrder);
    } catch (error) {
      const { rows: late } = (await tx.execute(sql`
        UPDATE outbox
        SET attempts = attempts + 1,
            next_at = now() + make_interval(secs => least(power(2, attempts), ${retrySecondsMax}::int))
        WHERE id = ANY (${ids}::bigint[]) RETURNING attempts`)) as unknown as {
        rows: { attempts: number }[];
      };
      await tx.execute(
        sql`DELETE FROM outbox WHERE id = ANY (${ids}::bigint[]) AND attempts >= ${attemptsMax}`,
      );
      const givenUp = late.filter(({ attempts }) => attempts >= attemptsMax).length;
      return { delivered: 0, failed: rows.length - givenUp, givenUp, error };
    }
    await tx.execute(sql`DELETE FROM outbox WHERE id = ANY (${ids}::bigint[])`);
    return { delivered: rows.length, failed: 0, givenUp: 0 };
  });
}
