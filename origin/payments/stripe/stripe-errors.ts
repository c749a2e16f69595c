import { Stripe } from "stripe";
import { DomainError } from "../../errors.ts";
import { FailedAttempt } from "../provider.ts";

const retryAfterSeconds = 2;

/** Stripe's code of a failure (https://docs.stripe.com/error-codes). */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Stripe.errors.StripeError ? error.code : undefined;
}

/** In words that a buyer can do something with, such as "insufficient funds". */
export function reasonOf(error: InstanceType<typeof Stripe.errors.StripeCardError>): string {
  return (error.decline_code ?? error.code ?? "card_declined").replaceAll("_", " ");
}

/** The library's messages may quote what was sent: only the kind of failure goes on. */
export async function asked<T>(ask: () => Promise<T>): Promise<T> {
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

/**
 * Makes something under an idempotency key.
 * @throws FailedAttempt for a failure of Stripe's own: it keeps that under the key, too, and would give it again for a day
 */
export function makeOnce<T>(make: () => Promise<T>): Promise<T> {
  return asked(async () => {
    try {
      return await make();
    } catch (error) {
      if (error instanceof Stripe.errors.StripeAPIError) {
        throw new FailedAttempt("Stripe failed", { cause: error.type });
      }
      throw error;
    }
  });
}
