import type { Money } from "../../../contracts/money.ts";

/**
 * Currencies whose smallest unit at Stripe is not that of ISO 4217: how many of Stripe's make one of ISO's. From
 * https://docs.stripe.com/currencies#special-cases: ISK and UGX count as if they had two decimals.
 */
const perMinorUnit: Readonly<Record<string, number>> = { ISK: 100, UGX: 100 };

/** Currencies with three decimals, of which Stripe only takes amounts that end in 0. */
const threeDecimals = new Set(["BHD", "JOD", "KWD", "OMR", "TND"]);

/**
 * An amount as Stripe counts it.
 * @throws RangeError for one that Stripe cannot charge
 */
export function toStripeAmount({ amount, currency }: Money): number {
  if (threeDecimals.has(currency) && amount % 10 !== 0) {
    throw new RangeError(`${currency} is charged in steps of 10`);
  }
  return amount * (perMinorUnit[currency] ?? 1);
}
