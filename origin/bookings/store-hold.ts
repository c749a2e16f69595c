import { sql } from "drizzle-orm";
import * as z from "zod";
import type { BookingDeps } from "./booking-deps.ts";
import { BookingFacts } from "./booking-facts.ts";
import { tooLate } from "../errors.ts";
import { callFunction } from "./call-function.ts";

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

/**
 * Has Postgres decide on a hold, and store it, in one round trip.
 * @throws DomainError when nobody waits any more: then nothing was stored;
 * what the driver throws; whether the hold was stored is then unknown
 */
export async function storeHold(
  { db, holdSeconds, holdSecondsMax }: Pick<BookingDeps, "db" | "holdSeconds" | "holdSecondsMax">,
  hold: {
    readonly bookingId: string;
    readonly eventId: string;
    readonly userId: string;
    readonly ticketIds: readonly string[];
    readonly requestId: string;
    readonly isLate?: () => boolean;
    readonly idempotency?: Idempotency | undefined;
    readonly acceptsEqualSeats?: boolean | undefined;
  },
): Promise<StoredHold> {
  if (hold.isLate?.()) throw tooLate();
  return callFunction(
    db,
    StoredHold,
    sql`${hold.acceptsEqualSeats ? sql`place_hold_accepting` : sql`place_hold`}(
      ${hold.bookingId}::uuid, ${hold.eventId}::bigint, ${hold.userId}, ${sql.param(hold.ticketIds)}::bigint[],
      make_interval(secs => ${holdSeconds}::int), make_interval(secs => ${holdSecondsMax}::int), ${hold.requestId},
      ${hold.idempotency?.key ?? null}, ${hold.idempotency?.requestHash ?? null})`,
  );
}
