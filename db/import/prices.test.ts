import { expect, test } from "vitest";
import { allCountryCodes, currencyOfCountry } from "./countries.ts";
import { defaultPrices, isCurrency, minorUnitsOf, pricesBetween } from "./prices.ts";

test.each([
  [25.5, "EUR", 2_550],
  [1.005, "USD", 101],
  [0, "USD", 0],
  [12_000, "JPY", 12_000],
  [1.234, "KWD", 1_234],
])("%d %s are %i minor units", (amount, currency, units) => {
  expect(minorUnitsOf(amount, currency)).toBe(units);
});

test.each([...new Set(allCountryCodes().map(currencyOfCountry))])(
  "default prices in %s are whole, falling and within what an amount may be",
  (currency) => {
    const prices = defaultPrices(currency);
    expect(prices).toHaveLength(4);
    expect(prices).toEqual(prices.toSorted((a, b) => b - a));
    expect(prices.filter((it) => !(Number.isInteger(it) && it > 0 && it <= 1e12))).toEqual([]);
  },
);

test("default prices are of the size that people know", () => {
  expect(defaultPrices("EUR")).toEqual([12_000, 8_500, 6_000, 4_000]);
  expect(defaultPrices("JPY")).toEqual([18_000, 12_750, 9_000, 6_000]);
});

test("a range is spread over bands, a single price stays single", () => {
  expect(pricesBetween(4_500, 32_000)).toEqual([32_000, 22_833, 13_667, 4_500]);
  expect(pricesBetween(2_500, 2_500)).toEqual([2_500]);
});

test.each([
  ["EUR", true],
  ["ZZZ", false],
  ["eur", false],
])("%s is a currency: %s", (code, known) => {
  expect(isCurrency(code)).toBe(known);
});
