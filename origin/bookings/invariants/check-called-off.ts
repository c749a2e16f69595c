import { setTimeout as sleep } from "node:timers/promises";
import { endCancelled } from "../end-cancelled.ts";
import { openBookings } from "../open-bookings.ts";
import type { World } from "./world.ts";

/** Real processes work at it, too; in between, in milliseconds. */
const looksMax = 50;
const pauseMs = 100;

/** At the end, once the job has had its say: nobody holds or has anything of an event that was called off. */
export async function checkCalledOff(world: World): Promise<void> {
  if (!world.isCalledOff) return;
  const { deps, database } = world.lab;
  const bookings = openBookings(deps);
  for (let look = 1; ; look += 1) {
    await database.pool.query(
      "UPDATE event_cancellations SET next_at = now() WHERE event_id = $1",
      [world.eventId],
    );
    await endCancelled(bookings);
    const { rows } = await database.pool.query<{ id: string; status: string }>(
      "SELECT id, status FROM bookings WHERE event_id = $1 AND status IN ('held', 'confirmed')",
      [world.eventId],
    );
    if (rows.length === 0) return;
    if (look === looksMax) {
      world.violations.push(`of an event that was called off are left: ${JSON.stringify(rows)}`);
      return;
    }
    await sleep(pauseMs);
  }
}
