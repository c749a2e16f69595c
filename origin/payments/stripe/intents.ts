import type { Stripe } from "stripe";
import type { Money } from "../../../contracts/money.ts";
import type { Authorisation } from "../payments.ts";
import type { PaymentAttempt, ProviderState } from "../provider.ts";
import { toStripeAmount } from "./amount.ts";
import { codeOf, makeOnce } from "./stripe-errors.ts";

/** The payment is not in the state that was expected. */
export const unexpectedState = "payment_intent_unexpected_state";
const alreadyRefunded = "charge_already_refunded";

/** Names of the members of a payment's metadata at Stripe. */
export const metadataNames = {
  bookingId: "frontrow_booking",
  attempt: "frontrow_attempt",
  /** Of a payment made by a page of Stripe's: the page is what our account knows. */
  isOfPage: "frontrow_page",
} as const;

export function metadataOf({ bookingId, attempt }: PaymentAttempt): Record<string, string> {
  return { [metadataNames.bookingId]: bookingId, [metadataNames.attempt]: String(attempt) };
}

/** Makes the PaymentIntent of an attempt; asked for again it is the same one. */
export function makeIntent(
  stripe: Stripe,
  attempt: PaymentAttempt,
  total: Money,
): Promise<Stripe.PaymentIntent> {
  return makeOnce(() =>
    stripe.paymentIntents.create(
      {
        amount: toStripeAmount(total),
        currency: total.currency.toLowerCase(),
        capture_method: "manual",
        automatic_payment_methods: { enabled: true, allow_redirects: "never" },
        metadata: metadataOf(attempt),
      },
      { idempotencyKey: `${attempt.bookingId}:${attempt.attempt}` },
    ),
  );
}

/** Somebody else may move it at the same time: then it is looked at again, once. */
export async function giveUpIntent(stripe: Stripe, id: string): Promise<"voided" | "refunded"> {
  for (let look = 1; ; look += 1) {
    const intent = await stripe.paymentIntents.retrieve(id);
    try {
      switch (stateOf(intent)) {
        case "gone":
          return "voided";
        case "captured":
          await stripe.refunds.create({ payment_intent: id });
          return "refunded";
        case "open":
        case "authorised":
          await stripe.paymentIntents.cancel(id);
          return "voided";
        default:
          break;
      }
    } catch (error) {
      if (codeOf(error) === alreadyRefunded) return "refunded";
      if (codeOf(error) !== unexpectedState || look > 1) throw error;
    }
  }
}

export function stateOf({ status }: Stripe.PaymentIntent): ProviderState {
  switch (status) {
    case "requires_capture":
      return "authorised";
    case "succeeded":
      return "captured";
    case "canceled":
      return "gone";
    // `processing` ends in one of the others.
    default:
      return "open";
  }
}

export function toAuthorisation(intent: Stripe.PaymentIntent): Authorisation {
  return authorisationOf(stateOf(intent), intent.id, {
    clientSecret: intent.client_secret ?? "",
  });
}

/** @param way how the buyer pays, should it be open */
export function authorisationOf(
  state: ProviderState,
  reference: string,
  way: { readonly clientSecret: string } | { readonly url: string },
): Authorisation {
  switch (state) {
    case "authorised":
    case "captured":
      return { status: state, reference };
    case "gone":
      return { status: "declined", reason: "it was given up" };
    case "open":
      return { status: "pending", reference, way };
    default:
      return state satisfies never;
  }
}
