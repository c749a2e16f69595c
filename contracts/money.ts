import * as z from "zod";

export const Currency = z
  .string()
  .regex(/^[A-Z]{3}$/, "must be an ISO 4217 code such as EUR")
  .meta({ id: "Currency", example: "EUR" });
export type Currency = z.infer<typeof Currency>;

/** An amount in minor units (cents), never a fraction. */
export const Amount = z.int().min(0).max(1_000_000_000_000);

export const Money = z.strictObject({ amount: Amount, currency: Currency }).meta({ id: "Money" });
export type Money = z.infer<typeof Money>;
