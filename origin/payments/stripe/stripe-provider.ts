import { Stripe } from "stripe";
import type { PaymentProvider } from "../provider.ts";
import {
  closePage,
  giveUpPage,
  isPage,
  makePage,
  pageAuthorisation,
  pageState,
  paymentOfPage,
  readPage,
} from "./hosted-page.ts";
import { giveUpIntent, makeIntent, stateOf, toAuthorisation, unexpectedState } from "./intents.ts";
import { asked, codeOf, reasonOf } from "./stripe-errors.ts";

/** Longest that one call may take, in milliseconds: a confirm makes three of them while a buyer waits. */
const timeoutMs = 4_000;

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
 * Payments by Stripe: for each attempt a PaymentIntent with manual capture, or a page of Stripe's that makes one. Making
 * either has an idempotency key; every later step is one that Stripe lets happen once, so that no key is needed, and
 * none can keep a failure for a day.
 */
export function stripeProvider(stripe: Stripe): PaymentProvider {
  const intents = stripe.paymentIntents;
  const paymentOf = (reference: string) =>
    isPage(reference) ? paymentOfPage(stripe, reference) : reference;
  return {
    authorise: (request) =>
      request.reference !== undefined && isPage(request.reference)
        ? asked(() => payAtPage(stripe, request.reference ?? "", request))
        : payByIntent(stripe, request),
    capture: (reference) =>
      asked(async () => {
        const id = await paymentOf(reference);
        try {
          await intents.capture(id);
          return { status: "captured" };
        } catch (error) {
          if (error instanceof Stripe.errors.StripeCardError) {
            return { status: "declined", reason: reasonOf(error) };
          }
          if (codeOf(error) !== unexpectedState) throw error;
          const state = stateOf(await intents.retrieve(id));
          if (state === "captured") return { status: "captured" };
          if (state === "gone") return { status: "declined", reason: "it was given up" };
          throw error;
        }
      }),
    void: (reference) =>
      asked(() =>
        isPage(reference) ? giveUpPage(stripe, reference) : giveUpIntent(stripe, reference),
      ),
    look: (reference) =>
      asked(async () =>
        isPage(reference)
          ? pageState(await readPage(stripe, reference))
          : stateOf(await intents.retrieve(reference)),
      ),
  };
}

type Request = Parameters<PaymentProvider["authorise"]>[0];
type Answer = ReturnType<PaymentProvider["authorise"]>;

/** A page that is there already. Whoever pays otherwise after all must not be able to pay there, too. */
async function payAtPage(stripe: Stripe, id: string, { method }: Request): Answer {
  if (method !== undefined && (await closePage(stripe, id))) return { status: "replaced" };
  return pageAuthorisation(await readPage(stripe, id));
}

async function payByIntent(stripe: Stripe, request: Request): Answer {
  const { total, reference, method, page } = request;
  const intents = stripe.paymentIntents;
  if (reference === undefined && page) {
    return pageAuthorisation(await makePage(stripe, request, total, page));
  }
  const intent =
    reference === undefined
      ? await makeIntent(stripe, request, total)
      : await asked(() => intents.retrieve(reference));
  if (stateOf(intent) !== "open") return toAuthorisation(intent);
  return asked(async () => {
    try {
      if (page) {
        await intents.cancel(intent.id);
        return { status: "replaced" };
      }
      if (method === undefined) return toAuthorisation(intent);
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
}
