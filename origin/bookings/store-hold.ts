import { sql } from "drizzle-orm";
import * as z from "zod";
import type { BookingDeps } from "./booking-deps.ts";
import { BookingFacts } from "./booking-facts.ts";
import { tooLate } from "../errors.ts";
import { callFunction, callOfMany } from "./call-function.ts";
import { byUser, gatherCalls } from "./gather-calls.ts";

const Unavailable = z.object({
  ticketId: z.string(),
  /** Whose the ticket is; null: it is blocked. */
  bookingId: z.string().nullable(),
  /** How much longer it is held; null: it is booked. */
  ms: z.number().nullable(),
});

const StoredHold = z.discriminatedUnion("outcome", [
  z.object({ outcome: z.literal("placed"), booking: BookingFacts }),
  z.object({ outcome: z.literal("replayed"), booking: BookingFacts, live: z.boolean() }),
  z.object({ outcome: z.literal("key-reused") }),
  z.object({ outcome: z.literal("key-in-use") }),
  z.object({ outcome: z.literal("event-not-found") }),
  z.object({
    outcome: z.literal("sale-not-open"),
    reason: z.enum(["not-yet", "over", "cancelled"]),
  }),
  z.object({ outcome: z.literal("limit-exceeded"), limit: z.int(), has: z.int() }),
  z.object({ outcome: z.literal("tickets-unknown"), ticketIds: z.array(z.string()) }),
  z.object({ outcome: z.literal("currencies-differ") }),
  z.object({ outcome: z.literal("tickets-unavailable"), unavailable: z.array(Unavailable) }),
  z.object({ outcome: z.literal("id-taken") }),
]);
/** What `place_hold` answers; it changes something only when `placed`. */
export type StoredHold = z.infer<typeof StoredHold>;

export interface Idempotency {
  readonly key: string;
  /** Stands for method, path and body. */
  readonly requestHash: string;
}

export interface HoldCall {
  readonly bookingId: string;
  readonly eventId: string;
  readonly userId: string;
  readonly ticketIds: readonly string[];
  readonly requestId: string;
  readonly isLate?: () => boolean;
  readonly idempotency?: Idempotency | undefined;
  readonly acceptsEqualSeats?: boolean | undefined;
}

/**
 * Has Postgres decide on a hold, and store it, in one round trip.
 * @throws DomainError when nobody waits any more: then nothing was stored; PoolSaturated, likewise;
 * what the driver throws; whether the hold was stored is then unknown
 */
export type StoreHold = (hold: HoldCall) => Promise<StoredHold>;

/**
 * @param holdSeconds how long a hold lasts; `holdSecondsMax`: with all its extensions
 * @param nowMs a clock in milliseconds
 */
export function createStoreHold(
  { db, holdSeconds, holdSecondsMax }: Pick<BookingDeps, "db" | "holdSeconds" | "holdSecondsMax">,
  nowMs: () => number,
): StoreHold {
  const one = (hold: HoldCall) =>
    callFunction(
      db,
      StoredHold,
      sql`${hold.acceptsEqualSeats ? sql`place_hold_accepting` : sql`place_hold`}(
        ${hold.bookingId}::uuid, ${hold.eventId}::bigint, ${hold.userId}, ${sql.param(hold.ticketIds)}::bigint[],
        make_interval(secs => ${holdSeconds}::int), make_interval(secs => ${holdSecondsMax}::int), ${hold.requestId},
        ${hold.idempotency?.key ?? null}, ${hold.idempotency?.requestHash ?? null})`,
    );
  const many = (holds: readonly HoldCall[]) =>
    callOfMany(
      db,
      StoredHold,
      sql`place_holds(
        ${sql.param(holds.map((it) => it.bookingId))}::uuid[], ${sql.param(holds.map((it) => it.eventId))}::bigint[],
        ${sql.param(holds.map((it) => it.userId))}::text[], ${sql.param(holds.map((it) => `{${it.ticketIds.join()}}`))}::text[],
        make_interval(secs => ${holdSeconds}::int), make_interval(secs => ${holdSecondsMax}::int),
        ${sql.param(holds.map((it) => it.requestId))}::text[],
        ${sql.param(holds.map((it) => it.idempotency?.key ?? null))}::text[],
        ${sql.param(holds.map((it) => it.idempotency?.requestHash ?? null))}::text[])`,
    );
  const gathered = gatherCalls<HoldCall, StoredHold>({ one, many, ...byUser }, nowMs);
  return async (hold) => {
    if (hold.isLate?.()) throw tooLate();
    return hold.acceptsEqualSeats ? one(hold) : gathered(hold);
  };
}
