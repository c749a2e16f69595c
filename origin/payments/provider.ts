import type { Money } from "../../contracts/money.ts";
import type { Authorisation, Capture } from "./payments.ts";

/** An attempt to pay for a booking. A new attempt is a new payment; the same one is the same, however often it is asked for. */
export interface PaymentAttempt {
  readonly bookingId: string;
  /** From 1. */
  readonly attempt: number;
}

/** A page of the provider's where the buyer pays. */
export interface HostedPage {
  /** What is bought, as the buyer reads it there. */
  readonly title: string;
  /** Where the page sends the buyer back to, paid or not. */
  readonly returnTo: string;
}

/** What a provider says of a payment. */
export type ProviderState =
  /** The buyer may still pay. */
  | "open"
  | "authorised"
  | "captured"
  /** Nothing was taken, and nothing will be. */
  | "gone";

/** Somebody who moves money. Calls may be repeated; a thrown error means that the outcome is not known. */
export interface PaymentProvider {
  /**
   * Sets money aside.
   * @param request.reference the provider's name for this attempt, where it is known already
   * @param request.method absent: it is left to the buyer, and only what is the case is said
   * @param request.page the buyer pays at a page of the provider's
   * @returns `replaced`: the buyer pays in another way than this attempt was begun for. It is over, a new one may begin
   * @throws FailedAttempt when this attempt can never come to anything, though a new one may
   */
  authorise(
    request: PaymentAttempt & {
      readonly total: Money;
      readonly reference?: string | undefined;
      readonly method?: string | undefined;
      readonly page?: HostedPage | undefined;
    },
  ): Promise<Authorisation | { readonly status: "replaced" }>;
  capture(reference: string): Promise<Capture>;
  /** Gives up what was set aside, or pays back what was taken; says which. */
  void(reference: string): Promise<"voided" | "refunded">;
  look(reference: string): Promise<ProviderState>;
}

/** The provider will give the same failure to every repetition of this attempt. */
export class FailedAttempt extends Error {
  override readonly name = "FailedAttempt";
}
