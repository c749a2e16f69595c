import type { Deps } from "../deps.ts";
import { forgetOldKeys } from "../idempotency/key-row.ts";
import { batchMax, dispatch } from "../outbox/dispatch.ts";
import { settleDue } from "../payments/settle-due.ts";
import { openBookings } from "./open-bookings.ts";
import { tellEdge } from "../outbox/tell-edge.ts";
import { repeat } from "../repeat.ts";
import { endCancelled } from "./end-cancelled.ts";
import { sweepHolds } from "./sweep-holds.ts";

/** Pauses between two rounds with nothing to do, in milliseconds. */
const outboxPauseMs = 250;
const sweepPauseMs = 2_000;
const settlePauseMs = 1_000;
const cancelPauseMs = 1_000;
const forgetPauseMs = 600_000;

/**
 * What happens beside the requests, in every origin process: telling the edge about seats, ending and paying back what
 * an organiser called off, and tidying up. None of it decides anything. Ends soon after `deps.stopping` is aborted, with the round under way done.
 */
export async function runBookingJobs(deps: Deps): Promise<void> {
  const { db, logger, till } = deps;
  const bookings = openBookings(deps);
  const deliveries = { seats: tellEdge(deps.edgeUrl, deps.signingKeys, deps.now) };
  await Promise.all([
    repeat(deps, "outbox", outboxPauseMs, async () => {
      const { delivered, failed, givenUp, error } = await dispatch(db, deliveries, "seats");
      if (failed + givenUp > 0) {
        logger.warn({ err: error, failed, givenUp }, "the edge was not told about seats");
      }
      return delivered === batchMax;
    }),
    repeat(deps, "sweep", sweepPauseMs, async () => (await sweepHolds(db)) > 0),
    till &&
      repeat(deps, "payments", settlePauseMs, () => settleDue(bookings, till.provider, logger)),
    repeat(deps, "cancelled events", cancelPauseMs, () => endCancelled(bookings)),
    repeat(deps, "idempotency keys", forgetPauseMs, async () => (await forgetOldKeys(db)) > 0),
  ]);
}
