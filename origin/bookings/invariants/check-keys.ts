import { isInFlight } from "./perform.ts";
import type { Answer, KeyedRequest, World } from "./world.ts";

/**
 * At the end: each success is answered again as it was, whatever has become of it; another request under its key is
 * refused; and no key is left in the hands of a request that is long over.
 */
export async function checkKeys(world: World): Promise<void> {
  await endAllTries(world);
  for (const { request, text } of world.kept.values()) {
    const again = await repeat(world, request);
    if (![200, 201].includes(again.status) || again.text !== text || !again.isReplay) {
      world.violations.push(`key ${request.key} was first ${text} and now ${again.text}`);
    }
    const other = await repeat(world, { ...request, path: otherPath(world, request) });
    if (other.status !== 422) {
      world.violations.push(`another request with key ${request.key}: ${other.text}`);
    }
  }
  for (const [name, request] of world.tried) {
    if (world.kept.has(name)) continue;
    const answer = await repeat(world, request);
    if (isInFlight(answer) || answer.status >= 500) {
      world.violations.push(`key ${request.key} is never free again: ${answer.text}`);
    }
  }
}

function repeat(world: World, { user, key, path, body }: KeyedRequest): Promise<Answer> {
  return world.ask(world.processes[0], path, {
    method: "POST",
    user,
    body,
    headers: { "Idempotency-Key": key },
  });
}

/** A confirm instead of an extension and the other way round; seats of the same event, but others. */
function otherPath({ bookings }: World, { path }: KeyedRequest): string {
  if (path.endsWith("/confirm")) return path.replace(/confirm$/, "extend");
  if (path.endsWith("/extend")) return path.replace(/extend$/, "confirm");
  return `/bookings/${bookings[0]?.id}/extend`;
}

/** Lets the time of every try be over, in both stores. */
async function endAllTries({ lab, eventId, users }: World): Promise<void> {
  await lab.database.pool.query(
    "UPDATE idempotency_keys SET locked_until = now() WHERE user_id = ANY ($1) AND status IS NULL",
    [users],
  );
  // Those as well whose hold nobody ever heard of: its reply was lost, or the process died.
  for (const key of await lab.redis.keys(`{${eventId}}:key:*`)) {
    await lab.redis.hset(key, { until: 1 });
  }
}
