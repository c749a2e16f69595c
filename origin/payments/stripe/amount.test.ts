import { expect, test } from "vitest";
import { toStripeAmount } from "./amount.ts";

test.each([
  ["USD", 1_250, 1_250],
  ["JPY", 900, 900],
  ["ISK", 4_500, 450_000],
  ["UGX", 20_000, 2_000_000],
  ["KWD", 5_120, 5_120],
])("%s %i is %i at Stripe", (currency, amount, atStripe) => {
  expect(toStripeAmount({ amount, currency })).toBe(atStripe);
});

test("an amount that Stripe would refuse is refused before it is sent", () => {
  expect(() => toStripeAmount({ amount: 5_123, currency: "KWD" })).toThrow(RangeError);
});
