import type { Redis } from "@upstash/redis";

/**
 * KEYS[1] the event's locks, a sorted set: ticket id by expiry in Unix milliseconds.
 * Returns the ids whose lock has not expired. Redis' own clock decides, as it does when locks are taken.
 */
const script = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf')`;

/**
 * Reads which tickets of an event are locked, in one round trip.
 * @returns their ids; `undefined` when Redis cannot say
 */
export async function readHeldTickets(
  redis: Redis,
  eventId: string,
): Promise<ReadonlySet<string> | undefined> {
  try {
    return new Set(await redis.eval<[], string[]>(script, [`{${eventId}}:locks`], []));
  } catch {
    return undefined;
  }
}
