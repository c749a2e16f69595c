import { Stripe } from "stripe";
import * as z from "zod";
import { BookingId } from "../../../contracts/ids.ts";
import { DomainError } from "../../errors.ts";
import { metadataNames } from "./intents.ts";

/** A payment, or a page where somebody paid. A payment of a page comes with a message about the page, and is let go. */
const AboutPayment = z.object({
  object: z.enum(["payment_intent", "checkout.session"]),
  id: z.string(),
  metadata: z.object({
    [metadataNames.bookingId]: BookingId,
    [metadataNames.isOfPage]: z.undefined().optional(),
  }),
});

/** Which payment a message of Stripe's is about. What it says of it is not believed: it may be old by now. */
export interface PaymentNotice {
  readonly bookingId: string;
  readonly reference: string;
}

/**
 * Checks the signature of a message and reads what it is about.
 * @param body as it came, to the byte
 * @returns undefined for a message about anything else
 * @throws DomainError `unauthenticated` when Stripe did not sign it, or more than five minutes ago
 */
export function readWebhook(
  stripe: Stripe,
  webhookSecret: string,
  body: string,
  signature: string,
): PaymentNotice | undefined {
  let message: Stripe.Event;
  try {
    message = stripe.webhooks.constructEvent(body, signature, webhookSecret);
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) {
      throw new DomainError("unauthenticated", "Only the payment provider may say this.");
    }
    if (error instanceof SyntaxError) {
      throw new DomainError("malformed-json", "The body is not valid JSON.");
    }
    throw error;
  }
  const about = AboutPayment.safeParse(message.data.object);
  if (!about.success) return undefined;
  return { bookingId: about.data.metadata[metadataNames.bookingId], reference: about.data.id };
}
