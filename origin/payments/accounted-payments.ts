import type { Db } from "../../db/client.ts";
import { DomainError } from "../errors.ts";
import { bookingNotFound, notChangeable } from "../bookings/refusals.ts";
import {
  beginPayment,
  describePurchase,
  giveUpPayment,
  readPayment,
  recordPayment,
  type Learned,
} from "./account.ts";
import type { Authorisation, PaymentRequest, Payments } from "./payments.ts";
import { FailedAttempt, type PaymentProvider } from "./provider.ts";

/** Money that was set aside is looked at again after so long, in milliseconds, should this process die before it is taken. */
const authorisedAgainMs = 30_000;
/** So is a payment that is left to the buyer: by then a short hold may be over. */
const openAgainMs = 60_000;

const freeReference = (bookingId: string) => `free:${bookingId}`;

/**
 * A provider with an account of every payment: the row is there before the provider is asked, and each word of the
 * provider's is written down. What dies in between is found there by the settlement.
 */
export function accountedPayments(db: Db, provider: PaymentProvider): Payments {
  return {
    keepsAccount: true,
    async authorise(request) {
      // An earlier attempt may end with the first try: then there is room for this one.
      const answer =
        (await tryToPay(db, provider, request)) ?? (await tryToPay(db, provider, request));
      if (!answer) throw beingGivenUp();
      return answer;
    },
    capture: (_bookingId, reference) => provider.capture(reference),
    async void(bookingId, reference) {
      if (reference === freeReference(bookingId)) return;
      const isOurs = await giveUpPayment(db, bookingId, reference);
      const account = await readPayment(db, bookingId);
      if (!account || (!isOurs && account.status !== "voiding")) return;
      await voidAttempt(db, provider, { bookingId, attempt: account.attempt, reference });
    },
  };
}

/** The provider moves money once, so whoever finds a payment that is being given up may finish that. */
async function voidAttempt(
  db: Db,
  provider: PaymentProvider,
  paid: Pick<Learned, "bookingId" | "attempt"> & { readonly reference: string },
): Promise<void> {
  const status = await provider.void(paid.reference);
  await recordPayment(db, { ...paid, status, againInMs: null });
}

/** @returns undefined when an earlier attempt has ended with this: one to pay in another way, or one that was given up */
async function tryToPay(
  db: Db,
  provider: PaymentProvider,
  { bookingId, userId, requestId, method, returnTo }: PaymentRequest,
): Promise<Authorisation | undefined> {
  const begun = await beginPayment(db, bookingId, userId);
  if (begun.outcome === "booking-not-found") throw bookingNotFound();
  if (begun.outcome === "ended") throw notChangeable(`This booking was ${begun.status}.`);
  if (begun.outcome === "paid") return { status: "captured", reference: begun.reference };
  if (begun.outcome === "free") return { status: "captured", reference: freeReference(bookingId) };
  const { attempt: nth, status, total, currency } = begun;
  const reference = begun.reference ?? undefined;
  if (status === "voiding") {
    if (reference === undefined) throw beingGivenUp();
    await voidAttempt(db, provider, { bookingId, attempt: nth, reference });
    return undefined;
  }
  if ((status === "authorised" || status === "captured") && reference !== undefined) {
    return { status, reference };
  }
  const record = (learned: Pick<Learned, "reference" | "status" | "againInMs">) =>
    recordPayment(db, { ...learned, bookingId, attempt: nth, requestId });
  const declined = () => record({ reference: null, status: "declined", againInMs: null });
  const page =
    returnTo === undefined ? undefined : { returnTo, title: await describePurchase(db, bookingId) };
  const answer = await provider
    .authorise({
      bookingId,
      attempt: nth,
      total: { amount: total, currency },
      reference,
      method,
      page,
    })
    .catch(async (error: unknown) => {
      if (!(error instanceof FailedAttempt)) throw error;
      await declined();
      throw beingGivenUp(error);
    });
  switch (answer.status) {
    case "replaced":
      await record({ reference: reference ?? null, status: "voided", againInMs: null });
      return undefined;
    case "declined":
      await declined();
      return answer;
    case "pending":
      await record({ reference: answer.reference, status: "open", againInMs: openAgainMs });
      return answer;
    case "authorised":
    case "captured":
      await record({
        reference: answer.reference,
        status: answer.status,
        againInMs: authorisedAgainMs,
      });
      return answer;
    default:
      return answer satisfies never;
  }
}

function beingGivenUp(cause?: unknown): DomainError {
  return new DomainError(
    "service-unavailable",
    "An earlier payment for this booking is being given up. Try again in a moment.",
    { retryAfterSeconds: 2, cause },
  );
}
