import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import type { Db } from "../../db/client.ts";
import type { KeyRegistry } from "../locks/key-registry.ts";
import { keptHours } from "./read-stored-answer.ts";

export interface LearnKeys {
  readonly db: Db;
  readonly keys: Pick<KeyRegistry, "beginToKnow" | "know">;
  /** A name that no other attempt has, and no number. */
  readonly newAttempt: () => string;
  /** How long a try that took its key before Redis lost it may still go on, in milliseconds. */
  readonly waitMs: number;
}

/**
 * Has Redis know which keys of an event were used, so that refusing one that was not costs Postgres nothing. Redis writes
 * each key down with the locks that come with it; what it may lack is what was there before it lost everything. So a
 * mark is left, those whose key may have been lost are let finish, and Postgres is asked whether any key of the event
 * has an answer. None: all keys are known from now on. Some: once those are too old to matter.
 * @returns whether this call made it known; false when somebody else is at it
 */
export async function learnKeys(
  { db, keys, newAttempt, waitMs }: LearnKeys,
  eventId: string,
): Promise<boolean> {
  const attempt = newAttempt();
  if (!(await keys.beginToKnow(eventId, attempt))) return false;
  await sleep(waitMs, undefined, { ref: false });
  const inMs = (await hasAnswers(db, eventId)) ? keptHours * 3_600_000 : 0;
  return keys.know(eventId, attempt, inMs);
}

/** Starts `learnKeys` where it is not under way in this process; a failure is left to the next one who asks. */
export function createKeyLearner(learn: LearnKeys): (eventId: string) => void {
  const underWay = new Set<string>();
  return (eventId) => {
    if (underWay.has(eventId)) return;
    underWay.add(eventId);
    void learnKeys(learn, eventId)
      .catch(() => false)
      .finally(() => underWay.delete(eventId));
  };
}

/** Reads a day's keys at most, once after Redis lost what it knew; the answers of holds name their event. */
async function hasAnswers(db: Db, eventId: string): Promise<boolean> {
  const { rows } = (await db.execute(sql`
    SELECT EXISTS (
      SELECT FROM idempotency_keys
      WHERE created_at > now() - make_interval(hours => ${keptHours}::int) AND body ->> 'event_id' = ${eventId}
    ) AS found`)) as unknown as { rows: { found: boolean }[] };
  return rows[0]?.found ?? true;
}
