import { Stripe } from "stripe";
import { DomainError } from "../../errors.ts";
import type { Authorisation } from "../payments.ts";
import { FailedAttempt, type PaymentProvider, type ProviderState } from "../provider.ts";
import { toStripeAmount } from "./amount.ts";

/** Longest that one call may take, in milliseconds: a confirm makes three of them while a buyer waits. */
const timeoutMs = 4_000;
const retryAfterSeconds = 2;

/** Codes of Stripe's (https://docs.stripe.com/error-codes): the payment is not in the state that was expected. */
const unexpectedState = "payment_intent_unexpected_state";
const alreadyRefunded = "charge_already_refunded";

/** Names of the members of a payment's metadata at Stripe. */
export const metadataNames = {
  bookingId: "frontrow_booking",
  attempt: "frontrow_attempt",
} as const;

export interface StripeOptions {
  readonly secretKey: string;
  /** Another server instead of Stripe's, for tests. */
  readonly apiUrl?: string | undefined;
}

/**
 * Opens the official library. It tries nothing twice but what went into a connection that closed; the rest is for the
 * settlement.
 */
export function openStripe({ secretKey, apiUrl }: StripeOptions): Stripe {
  const url = apiUrl === undefined ? undefined : new URL(apiUrl);
  return new Stripe(secretKey, {
    timeout: timeoutMs,
    maxNetworkRetries: 0,
    telemetry: false,
    ...(url && {
      host: url.hostname,
      port: url.port === "" ? (url.protocol === "https:" ? 443 : 80) : url.port,
      protocol: url.protocol === "https:" ? ("https" as const) : ("http" as const),
    }),
  });
}

/**
 * Payments by Stripe: a PaymentIntent with manual capture for each attempt. Making one has the idempotency key
 * `booking:attempt`; every later step is one that a PaymentIntent lets happen once, so that no key is needed, and none
 * can keep a failure for a day.
 */
export function stripeProvider(stripe: Stripe): PaymentProvider {
  const intents = stripe.paymentIntents;
  const look = (reference: string) => asked(() => intents.retrieve(reference));
  return {
    async authorise({ bookingId, attempt, total, reference, method }) {
      const intent =
        reference === undefined
          ? await makeIntent(stripe, { bookingId, attempt, total })
          : await look(reference);
      if (method === undefined || stateOf(intent) !== "open") return toAuthorisation(intent);
      return asked(async () => {
        try {
          return toAuthorisation(await intents.confirm(intent.id, { payment_method: method }));
        } catch (error) {
          if (codeOf(error) === unexpectedState) {
            return toAuthorisation(await intents.retrieve(intent.id));
          }
          if (!(error instanceof Stripe.errors.StripeCardError)) throw error;
          // The next attempt is a payment of its own; nobody could pay this one any more.
          await intents.cancel(intent.id).catch(() => undefined);
          return { status: "declined", reason: reasonOf(error) };
        }
      });
    },
    capture: (reference) =>
      asked(async () => {
        try {
          await intents.capture(reference);
          return { status: "captured" };
        } catch (error) {
          if (error instanceof Stripe.errors.StripeCardError) {
            return { status: "declined", reason: reasonOf(error) };
          }
          if (codeOf(error) !== unexpectedState) throw error;
          const state = stateOf(await intents.retrieve(reference));
          if (state === "captured") return { status: "captured" };
          if (state === "gone") return { status: "declined", reason: "it was given up" };
          throw error;
        }
      }),
    void: (reference) => asked(() => giveUp(stripe, reference)),
    look: async (reference) => stateOf(await look(reference)),
  };
}

async function makeIntent(
  stripe: Stripe,
  {
    bookingId,
    attempt,
    total,
  }: Pick<Parameters<PaymentProvider["authorise"]>[0], "bookingId" | "attempt" | "total">,
): Promise<Stripe.PaymentIntent> {
  return asked(async () => {
    try {
      return await stripe.paymentIntents.create(
        {
          amount: toStripeAmount(total),
          currency: total.currency.toLowerCase(),
          capture_method: "manual",
          automatic_payment_methods: { enabled: true, allow_redirects: "never" },
          metadata: {
            [metadataNames.bookingId]: bookingId,
            [metadataNames.attempt]: String(attempt),
          },
        },
        { idempotencyKey: `${bookingId}:${attempt}` },
      );
    } catch (error) {
      // Stripe keeps a failure of its own under the key, too, and would give it again for a day.
      if (error instanceof Stripe.errors.StripeAPIError) {
        throw new FailedAttempt("Stripe failed", { cause: error.type });
      }
      throw error;
    }
  });
}

/** Somebody else may move it at the same time: then it is looked at again, once. */
async function giveUp(stripe: Stripe, reference: string): Promise<"voided" | "refunded"> {
  for (let look = 1; ; look += 1) {
    const intent = await stripe.paymentIntents.retrieve(reference);
    try {
      switch (stateOf(intent)) {
        case "gone":
          return "voided";
        case "captured":
          await stripe.refunds.create({ payment_intent: reference });
          return "refunded";
        case "open":
        case "authorised":
          await stripe.paymentIntents.cancel(reference);
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

function stateOf({ status }: Stripe.PaymentIntent): ProviderState {
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

function toAuthorisation(intent: Stripe.PaymentIntent): Authorisation {
  const state = stateOf(intent);
  switch (state) {
    case "authorised":
    case "captured":
      return { status: state, reference: intent.id };
    case "gone":
      return { status: "declined", reason: "it was given up" };
    case "open":
      return { status: "pending", reference: intent.id, clientSecret: intent.client_secret ?? "" };
    default:
      return state satisfies never;
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Stripe.errors.StripeError ? error.code : undefined;
}

/** In words that a buyer can do something with, such as "insufficient funds". */
function reasonOf(error: InstanceType<typeof Stripe.errors.StripeCardError>): string {
  return (error.decline_code ?? error.code ?? "card_declined").replaceAll("_", " ");
}

/** The library's messages may quote what was sent: only the kind of failure goes on. */
async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
    const { type, code, statusCode, requestId } = error;
    throw new DomainError(
      "service-unavailable",
      "The payment provider did not answer. Try again.",
      {
        retryAfterSeconds,
        cause: new Error(`Stripe: ${type} ${code ?? ""} ${statusCode ?? ""} ${requestId ?? ""}`),
      },
    );
  }
}
