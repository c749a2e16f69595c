import { sql } from "drizzle-orm";
import * as z from "zod";
import type { BookingDeps } from "./booking-deps.ts";
import { callFunction } from "./call-function.ts";

/** Bookings ended in one transaction: some tens of milliseconds. */
const endedAtOnce = 200;
/** Between two payments that become due: 20 a second leave the settlement and the provider room for who is buying. */
const payBackPauseMs = 50;

const Ended = z
  .object({
    ended: z.int(),
    locked: z.array(
      z.object({
        eventId: z.string(),
        bookingId: z.string(),
        userId: z.string(),
        ticketIds: z.array(z.string()),
      }),
    ),
  })
  .nullable();

/**
 * Ends a batch of the bookings of an event that was called off; what was paid for them is then due to go back. Safe in
 * several processes at once, and after a death anywhere: what has not ended yet is what there is to do.
 * @param most how many at once
 * @returns whether there may be more right away
 * @throws what the driver throws; it is then for the next time
 */
export async function endCancelled(
  { db, locks }: Pick<BookingDeps, "db" | "locks">,
  most = endedAtOnce,
): Promise<boolean> {
  const pause = payBackPauseMs / 1_000;
  const batch = await callFunction(
    db,
    Ended,
    sql`end_cancelled_bookings(${most}::int, make_interval(secs => ${pause}::float8))`,
  );
  if (!batch) return false;
  const released = batch.locked.map(({ ticketIds, ...owner }) => locks.release(owner, ticketIds));
  // Out of reach they end by themselves, as those of any hold.
  await Promise.allSettled(released);
  return true;
}
