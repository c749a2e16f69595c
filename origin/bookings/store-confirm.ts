import { sql } from "drizzle-orm";
import type { Db } from "../../db/client.ts";
import { callFunction, callOfMany } from "./call-function.ts";
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
  const free = gatherConfirms(db, { keepsAccount: false }, nowMs);
  const paid = gatherConfirms(db, { keepsAccount: true }, nowMs);
  return (confirm) => (confirm.keepsAccount ? paid : free)(confirm);
}

function gatherConfirms(
  db: Db,
  { keepsAccount }: Pick<ConfirmCall, "keepsAccount">,
  nowMs: () => number,
): StoreConfirm {
  const confirmFunction = keepsAccount ? sql`confirm_paid` : sql`confirm_hold`;
  return gatherCalls<ConfirmCall, ConfirmedHold>(
    {
      one: ({ bookingId, userId, requestId, status, reference }) =>
        callFunction(
          db,
          ConfirmedHold,
          sql`${confirmFunction}(${bookingId}::uuid, ${userId}, ${requestId}, ${status}, ${reference})`,
        ),
      many: (calls) =>
        callOfMany(
          db,
          ConfirmedHold,
          sql`confirm_holds(
            ${sql.param(calls.map((it) => it.bookingId))}::uuid[], ${sql.param(calls.map((it) => it.userId))}::text[],
            ${sql.param(calls.map((it) => it.requestId))}::text[], ${sql.param(calls.map((it) => it.status))}::text[],
            ${sql.param(calls.map((it) => it.reference))}::text[], ${keepsAccount}::boolean)`,
        ),
      ...byUser,
    },
    nowMs,
  );
}
