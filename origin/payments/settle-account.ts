import { confirmHold } from "../bookings/confirm-hold.ts";
import type { BookingDeps } from "../bookings/booking-deps.ts";
import { settlePayment, writeSettled } from "../bookings/settle-payment.ts";
import { DomainError } from "../errors.ts";
import { readPayment, recordPayment, type Account } from "./account.ts";
import { paymentActions, type PaymentAction, type PaymentState } from "./decide-payment.ts";
import { FailedAttempt, type PaymentProvider } from "./provider.ts";

/** Buyers who are in the middle of paying when their hold ends have so long to finish, in milliseconds. */
const graceMs = 120_000;

export interface SettleAccount {
  readonly bookingId: string;
  /** A payment that the provider named; that of the account when absent. */
  readonly reference?: string | undefined;
  readonly requestId: string;
}

/**
 * Looks what has become of a booking and of its payment, and does what is to be done. However often and from wherever
 * it is called, each thing happens once: every step is a conditional change in Postgres, or one that the provider does once.
 * @returns what was done; undefined when there is no such account, or it is settled already
 * @throws what the provider or the driver throws; it is then for the next time
 */
export async function settleAccount(
  deps: BookingDeps,
  provider: PaymentProvider,
  { bookingId, reference: named, requestId }: SettleAccount,
): Promise<PaymentAction | undefined> {
  const account = await readPayment(deps.db, bookingId);
  if (!account) return undefined;
  if (named !== undefined && account.reference !== null && named !== account.reference) {
    return settleStray(provider, named);
  }
  if (isOver(account)) return undefined;
  const { attempt } = account;
  const seen = await learn(provider, account);
  const learned = { bookingId, attempt, reference: seen?.reference ?? null, requestId };
  if (!seen) {
    await recordPayment(deps.db, { ...learned, status: "declined", againInMs: null });
    return "done";
  }
  const { reference, state } = seen;
  const action = paymentActions[account.booking][account.status === "voiding" ? "voiding" : state];
  const caller = { userId: account.userId, requestId };
  switch (action) {
    case "wait":
      await recordPayment(deps.db, {
        ...learned,
        status: "open",
        againInMs: account.endsInMs + graceMs,
      });
      return action;
    case "confirm": {
      const status = state === "captured" ? "captured" : "authorised";
      await recordPayment(deps.db, { ...learned, status, againInMs: graceMs });
      const paid = { status, reference } as const;
      await confirmHold(deps, { bookingId, caller, paid }).catch(ignoreRefusal);
      return action;
    }
    case "capture":
      await settlePayment(deps, { bookingId, reference, caller });
      return action;
    case "void":
      await recordPayment(deps.db, {
        ...learned,
        status: asStatus(state),
        againInMs: state === "gone" ? null : graceMs,
      });
      if (state !== "gone") await deps.payments.void(bookingId, reference);
      return action;
    case "revert":
      await writeSettled(deps.db, { bookingId, reference, requestId, isCaptured: false });
      return action;
    case "done":
      if (account.booking === "confirmed") {
        await writeSettled(deps.db, { bookingId, reference, requestId, isCaptured: true });
      }
      await recordPayment(deps.db, { ...learned, status: asStatus(state), againInMs: null });
      return action;
    default:
      return action satisfies never;
  }
}

/** An attempt without a name was begun and not heard of: asking for the same again finds it, or makes it. */
async function learn(
  provider: PaymentProvider,
  { bookingId, attempt, reference, amount, currency }: Account,
): Promise<{ reference: string; state: PaymentState } | undefined> {
  if (reference !== null) return { reference, state: await provider.look(reference) };
  const total = { amount, currency };
  const answer = await provider.authorise({ bookingId, attempt, total }).catch((error: unknown) => {
    if (error instanceof FailedAttempt) return undefined;
    throw error;
  });
  if (!answer || answer.status === "declined" || answer.status === "replaced") return undefined;
  // What was asked for twice is answered as it was then: only a look says what is.
  return { reference: answer.reference, state: await provider.look(answer.reference) };
}

/** A payment of an earlier attempt, which pays for nothing any more. */
async function settleStray(provider: PaymentProvider, reference: string): Promise<PaymentAction> {
  if ((await provider.look(reference)) === "gone") return "done";
  await provider.void(reference);
  return "void";
}

function isOver({ status }: Account): boolean {
  return status === "declined" || status === "voided" || status === "refunded";
}

function asStatus(state: PaymentState) {
  switch (state) {
    case "open":
    case "authorised":
    case "captured":
      return state;
    case "gone":
    case "voiding":
      return "voided";
    default:
      return state satisfies never;
  }
}

/** The refusal was the buyer's to hear; the money has been given up by then. */
function ignoreRefusal(error: unknown): void {
  if (error instanceof DomainError && error.code !== "service-unavailable") return;
  throw error;
}
