import * as z from "zod";
import type { Authorisation } from "../payments/payments.ts";
import type { Caller } from "./booking-deps.ts";
import { BookingFacts } from "./booking-facts.ts";

export const ConfirmedHold = z.discriminatedUnion("outcome", [
  z.object({ outcome: z.literal("confirmed"), booking: BookingFacts, repeated: z.boolean() }),
  z.object({ outcome: z.literal("booking-not-found") }),
  z.object({ outcome: z.literal("hold-expired") }),
  z.object({ outcome: z.literal("ended"), status: z.enum(["released", "cancelled"]) }),
  z.object({ outcome: z.literal("sale-not-open"), reason: z.enum(["over", "cancelled"]) }),
  z.object({ outcome: z.literal("limit-exceeded"), limit: z.int(), has: z.int() }),
  z.object({ outcome: z.literal("payment-gone") }),
]);
/** What `confirm_hold` answers; `confirm_paid` also that the payment is being given up. */
export type ConfirmedHold = z.infer<typeof ConfirmedHold>;

/** A payment that buys something. */
export type Paid = Extract<Authorisation, { status: "authorised" | "captured" }>;

export interface ConfirmHold {
  readonly bookingId: string;
  readonly caller: Caller;
  /** What the buyer pays with, in the words of the payment provider. */
  readonly paymentMethod?: string | undefined;
  /** The buyer pays at a page of the provider's, which sends them back there. */
  readonly returnTo?: string | undefined;
  /** Money that is there already: then none is asked for. */
  readonly paid?: Paid | undefined;
}
