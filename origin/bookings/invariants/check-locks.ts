import * as z from "zod";
import { readPairs } from "./read-pairs.ts";
import type { World } from "./world.ts";

/** Grace of a lock, and how far the clocks of two stores on one machine may be apart, in milliseconds. */
const graceMs = 1_000;
const clocksMs = 1_000;
/** With all its extensions a hold lasts four times as long as without, and the registry a minute longer. */
const holdsMax = 4;
const registryMs = 60_000;

const Time = z.tuple([z.coerce.number(), z.coerce.number()]);

/** Reads the locks of the event as they are in Redis, and tells of each invariant that does not hold. */
export async function checkLocks({ lab, eventId, locked, violations }: World): Promise<void> {
  const { redis, database, deps } = lab;
  const names = { locks: `{${eventId}}:locks`, owners: `{${eventId}}:owners` };
  const [time, scores, hash, locksMs, ownersMs] = await redis
    .pipeline()
    .time()
    .zrange(names.locks, 0, -1, { withScores: true })
    .hgetall(names.owners)
    .pttl(names.locks)
    .pttl(names.owners)
    .exec();
  const [seconds, micros] = Time.parse(time);
  const now = seconds * 1_000 + micros / 1_000;
  const ends = readPairs(scores);
  const owners = readPairs(hash);

  const lifeMsMax = deps.holdSeconds * 1_000 * holdsMax + graceMs + clocksMs;
  for (const [ticket, end] of ends) {
    const expiry = Number(end);
    if (expiry > now + lifeMsMax) violations.push(`the lock of ${ticket} ends at ${expiry}`);
    if (!owners.has(ticket)) violations.push(`the lock of ${ticket} has no owner`);
  }
  for (const [key, lifeMs] of Object.entries({ locks: locksMs, owners: ownersMs })) {
    const isAbsent = lifeMs === -2;
    if (!isAbsent && (lifeMs < 0 || lifeMs > lifeMsMax + registryMs)) {
      violations.push(`the registry's ${key} live for ${lifeMs} ms`);
    }
  }

  if (locked.size === 0) return;
  const { rows } = await database.pool.query<{ id: string; ticket: string }>(
    `SELECT b.id, c.ticket_id::text AS ticket FROM bookings b JOIN booking_tickets c ON c.booking_id = b.id
     WHERE b.id = ANY ($1::uuid[]) AND b.status = 'held' AND b.expires_at > now()`,
    [[...locked]],
  );
  for (const { id, ticket } of rows) {
    if (owners.get(ticket) !== id || Number(ends.get(ticket) ?? 0) <= now) {
      violations.push(`hold ${id} has lost the lock of ${ticket} to ${owners.get(ticket)}`);
    }
  }
}
