import { sql, type SQL } from "drizzle-orm";
import type { Db } from "../../db/client.ts";
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
  /** Whether the payment has an account, which must agree. */
  readonly keepsAccount: boolean;
}

/**
 * Has Postgres decide on a confirm, and store it, in one round trip.
 * @throws as `StoreHold`
 */
export type StoreConfirm = (confirm: ConfirmCall) => Promise<ConfirmedHold>;

/** @param nowMs a clock in milliseconds */
export function createStoreConfirm(db: Db, nowMs: () => number): StoreConfirm {
  const free = gatherConfirms(db, sql`confirm_hold`, nowMs);
  const paid = gatherConfirms(db, sql`confirm_paid`, nowMs);
  return (confirm) => (confirm.keepsAccount ? paid : free)(confirm);
}

function gatherConfirms(db: Db, confirmFunction: SQL, nowMs: () => number): StoreConfirm {
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
