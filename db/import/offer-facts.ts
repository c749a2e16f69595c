import { currencyOfCountry } from "./countries.ts";
import { FactError } from "./facts.ts";
import { defaultPrices, isCurrency, minorUnitsOf, pricesBetween } from "./prices.ts";
import type { Offer } from "./shapes.ts";
import { resolveWhen } from "./when.ts";

export interface OfferFacts {
  /** Minor units, dearest first; at least one. */
  readonly prices: readonly number[];
  readonly pricesGiven: boolean;
  readonly currency: string;
  readonly onSaleAt: Date | undefined;
}

/**
 * What the tickets cost and since when they are sold. Several prices become as many bands, a range becomes four, and
 * without any the country's currency gives round figures.
 * @param country ISO 3166-1 alpha-2, of the venue
 * @throws FactError when the offers disagree about the currency, or it is none
 */
export function offerFacts(
  offers: readonly Offer[],
  { country, timeZone, daysLater }: { country: string; timeZone: string; daysLater: number },
): OfferFacts {
  const currency =
    offers.find((it) => it.priceCurrency)?.priceCurrency ?? currencyOfCountry(country);
  for (const [index, { priceCurrency = currency }] of offers.entries()) {
    const path = ["offers", ...(offers.length > 1 ? [index] : []), "priceCurrency"];
    if (priceCurrency !== currency) {
      throw new FactError(path, `must be the same for all offers: ${currency}, ${priceCurrency}`);
    }
    if (!isCurrency(currency)) throw new FactError(path, "must be an ISO 4217 code such as EUR");
  }
  const prices = pricesOf(offers).map((it) => minorUnitsOf(it, currency));
  const starts = offers
    .flatMap((it) => it.validFrom ?? it.availabilityStarts ?? [])
    .map((when) => resolveWhen(when, timeZone, daysLater));
  return {
    prices: bands(offers, prices) ?? defaultPrices(currency),
    pricesGiven: prices.length > 0,
    currency,
    onSaleAt: starts.length > 0 ? new Date(Math.min(...starts)) : undefined,
  };
}

function pricesOf(offers: readonly Offer[]): number[] {
  return offers.flatMap(({ price, lowPrice, highPrice }) =>
    [price, lowPrice, highPrice].filter((it) => it !== undefined),
  );
}

function bands(offers: readonly Offer[], prices: readonly number[]): number[] | undefined {
  if (prices.length === 0) return undefined;
  const isRange = offers.some((it) => it.lowPrice !== undefined && it.highPrice !== undefined);
  if (isRange && offers.length === 1)
    return pricesBetween(Math.min(...prices), Math.max(...prices));
  return [...new Set(prices)].sort((a, b) => b - a);
}
