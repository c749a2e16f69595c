import { randomUUID } from "node:crypto";
import type { Deps } from "../deps.ts";
import { createKeyRegistry, tryMsMax } from "../locks/key-registry.ts";
import { createTicketLocks } from "../locks/upstash-locks.ts";
import type { BookingDeps } from "./booking-deps.ts";
import { createKeyLearner } from "../idempotency/learn-keys.ts";
import { createEventSales } from "./event-sales.ts";
import { createStoreConfirm } from "./store-confirm.ts";
import { createStoreHold } from "./store-hold.ts";
import { createSeatings } from "./seatings.ts";

/** With all its extensions a hold lasts so many times as long as without; then its tickets must go back. */
const holdsMax = 4;

/** Puts together what the booking verbs need, from what the origin has. */
export function openBookings({
  db,
  redis,
  payments,
  holdSeconds,
}: Pick<Deps, "db" | "redis" | "payments" | "holdSeconds">): BookingDeps {
  const holdSecondsMax = holdSeconds * holdsMax;
  const locks = createTicketLocks(redis, {
    holdMs: holdSeconds * 1_000,
    holdMsMax: holdSecondsMax * 1_000,
  });
  const keys = createKeyRegistry(redis);
  const now = () => performance.now();
  return {
    db,
    locks,
    keys,
    getToKnowKeys: createKeyLearner({ db, keys, newAttempt: randomUUID, waitMs: tryMsMax }),
    payments,
    sales: createEventSales(db, now),
    seatings: createSeatings(db, locks, now),
    holdSeconds,
    holdSecondsMax,
    newBookingId: () => randomUUID(),
    storeHold: createStoreHold({ db, holdSeconds, holdSecondsMax }, now),
    storeConfirm: createStoreConfirm(db, now),
  };
}
