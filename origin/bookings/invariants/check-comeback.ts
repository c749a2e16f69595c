import { randomUUID } from "node:crypto";
import type { World } from "./world.ts";

/** Longer than any hold or lock may last, in seconds. */
const laterSeconds = 3_600;

/**
 * Whatever went wrong, once the time of all holds is over everything that was not bought can be bought: a stranger
 * gets each of those tickets, through Redis and Postgres, and nobody had to tidy up.
 */
export async function checkComeback(world: World): Promise<void> {
  const { lab, eventId, violations } = world;
  const { pool } = lab.database;
  await pool.query(
    `UPDATE bookings SET created_at = created_at - make_interval(secs => $2), expires_at = now() - interval '1 second'
     WHERE event_id = $1 AND status = 'held'`,
    [eventId, laterSeconds],
  );
  await endAllLocks(world);
  world.locked.clear();
  const { rows } = await pool.query<{ id: string }>(
    "SELECT id::text FROM tickets WHERE event_id = $1 AND status = 'available' ORDER BY id",
    [eventId],
  );
  const [process] = world.processes;
  const bought = rows.map(async ({ id }) => {
    const user = `late-${randomUUID()}`;
    const body = { ticketIds: [id] };
    const answer = await world.ask(process, `/bookings/${eventId}`, { method: "POST", user, body });
    if (answer.status !== 201) violations.push(`ticket ${id} did not come back: ${answer.text}`);
  });
  await Promise.all(bought);
  await process.settled();
}

/** Moves the end of every lock as it stands into the past. */
async function endAllLocks({ lab: { redis }, eventId, users, ticketIds }: World): Promise<void> {
  const pipeline = redis.pipeline();
  for (const key of ["locks", ...users.map((user) => `user:${user}`)]) {
    for (const member of ticketIds) {
      pipeline.zadd(`{${eventId}}:${key}`, { xx: true }, { score: 1, member });
    }
  }
  await pipeline.exec();
}
