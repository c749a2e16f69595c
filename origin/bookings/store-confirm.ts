import { sql } from "drizzle-orm";
import type { BookingDeps } from "./booking-deps.ts";
import { callForEach, callFunction } from "./call-function.ts";
import { ConfirmedHold } from "./confirmed-hold.ts";
import { byUser, gatherCalls } from "./gather-calls.ts";

export interface ConfirmCall {
  readonly bookingId: string;
  readonly userId: string;
  readonly requestId: string;
  readonly isLate?: () => boolean;
  /** Of the payment: `captured` or `authorised`, and the provider's name for it. */
  readonly status: string;
  readonly reference: string;
}

/**
 * Has Postgres decide on a confirm, and store it, in one round trip.
 * @throws as `StoreHold`
 */
export type StoreConfirm = (confirm: ConfirmCall) => Promise<ConfirmedHold>;

/** @param nowMs a clock in milliseconds */
export function createStoreConfirm(
  { db, payments }: Pick<BookingDeps, "db" | "payments">,
  nowMs: () => number,
): StoreConfirm {
  const confirmFunction = payments.keepsAccount ? sql`confirm_paid` : sql`confirm_hold`;
  return gatherCalls<ConfirmCall, ConfirmedHold>(
    {
      one: ({ bookingId, userId, requestId, status, reference }) =>
        callFunction(
          db,
          ConfirmedHold,
          sql`${confirmFunction}(${bookingId}::uuid, ${userId}, ${requestId}, ${status}, ${reference})`,
        ),
      many: (calls) =>
        callForEach(
          db,
          ConfirmedHold,
          sql`SELECT ${confirmFunction}(c.booking, c.buyer, c.request, c.status, c.reference) AS answer
            FROM unnest(
              ${sql.param(calls.map((it) => it.bookingId))}::uuid[], ${sql.param(calls.map((it) => it.userId))}::text[],
              ${sql.param(calls.map((it) => it.requestId))}::text[], ${sql.param(calls.map((it) => it.status))}::text[],
              ${sql.param(calls.map((it) => it.reference))}::text[]
            ) WITH ORDINALITY AS c (booking, buyer, request, status, reference, n) ORDER BY n`,
        ),
      ...byUser,
    },
    nowMs,
  );
}
