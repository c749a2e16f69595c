import { createHash } from "node:crypto";
import { Stripe } from "stripe";
import type { Money } from "../../../contracts/money.ts";
import type { Authorisation } from "../payments.ts";
import type { HostedPage, PaymentAttempt, ProviderState } from "../provider.ts";
import { toStripeAmount } from "./amount.ts";
import { authorisationOf, giveUpIntent, metadataNames, metadataOf, stateOf } from "./intents.ts";
import { makeOnce } from "./stripe-errors.ts";

type Session = Stripe.Checkout.Session;

/** How ids of Stripe's own pages begin. */
const prefix = "cs_";

/** Whether an account's reference is a page, and not a payment. */
export function isPage(reference: string): boolean {
  return reference.startsWith(prefix);
}

/**
 * Makes the page of an attempt at Stripe (a Checkout Session); asked for again it is the same one. Its payment is made by
 * Stripe once the buyer pays, so it is the page that our account knows.
 */
export function makePage(
  stripe: Stripe,
  attempt: PaymentAttempt,
  total: Money,
  { title, returnTo }: HostedPage,
): Promise<Session> {
  const metadata = metadataOf(attempt);
  // Another way back, such as in another language, is another request: under the same key Stripe would refuse it.
  const way = createHash("sha256").update(returnTo).digest("hex").slice(0, 16);
  const unit = { currency: total.currency.toLowerCase(), unit_amount: toStripeAmount(total) };
  return makeOnce(() =>
    stripe.checkout.sessions.create(
      {
        mode: "payment",
        line_items: [{ quantity: 1, price_data: { ...unit, product_data: { name: title } } }],
        payment_intent_data: {
          capture_method: "manual",
          metadata: { ...metadata, [metadataNames.isOfPage]: "true" },
        },
        metadata,
        client_reference_id: attempt.bookingId,
        success_url: returnTo,
        cancel_url: returnTo,
      },
      { idempotencyKey: `${attempt.bookingId}:${attempt.attempt}:page:${way}` },
    ),
  );
}

export function readPage(stripe: Stripe, id: string): Promise<Session> {
  return stripe.checkout.sessions.retrieve(id, { expand: ["payment_intent"] });
}

export function pageState(page: Session): ProviderState {
  const intent = paymentOf(page);
  if (page.status === "expired") return "gone";
  return page.status === "complete" && intent ? stateOf(intent) : "open";
}

export function pageAuthorisation(page: Session): Authorisation {
  return authorisationOf(pageState(page), page.id, { url: page.url ?? "" });
}

/**
 * The payment of a page that was paid.
 * @throws Error for one that was not
 */
export async function paymentOfPage(stripe: Stripe, id: string): Promise<string> {
  const intent = paymentOf(await readPage(stripe, id));
  if (!intent) throw new Error("nobody has paid at this page");
  return intent.id;
}

/** Closes the page, so that nobody can pay there any more; or gives up what was paid. */
export async function giveUpPage(stripe: Stripe, id: string): Promise<"voided" | "refunded"> {
  if (await closePage(stripe, id)) return "voided";
  const page = await readPage(stripe, id);
  const intent = paymentOf(page);
  if (page.status === "expired") return "voided";
  if (!intent) throw new Error("a page is neither open nor paid");
  return giveUpIntent(stripe, intent.id);
}

/** @returns whether it was open until now, and not paid */
export async function closePage(stripe: Stripe, id: string): Promise<boolean> {
  const page = await readPage(stripe, id);
  if (page.status !== "open") return false;
  try {
    await stripe.checkout.sessions.expire(id);
    return true;
  } catch (error) {
    // Somebody paid, or closed it, at the same moment.
    if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
    if ((await readPage(stripe, id)).status === "open") throw error;
    return false;
  }
}

function paymentOf({ payment_intent: intent }: Session): Stripe.PaymentIntent | undefined {
  return typeof intent === "string" ? undefined : (intent ?? undefined);
}
