import type { Money } from "../../contracts/money.ts";

export interface PaymentRequest {
  /** Names the payment: however often it is asked for, money moves once. */
  readonly bookingId: string;
  readonly userId: string;
  readonly requestId?: string;
  /** Reads what is to be paid; a provider that takes no money never asks. */
  readonly total: () => Promise<Money>;
  /** What the buyer pays with, in the provider's words. Absent: the buyer sees to it with the provider. */
  readonly method?: string | undefined;
  /** The buyer pays at a page of the provider's, which sends them back there, paid or not. */
  readonly returnTo?: string | undefined;
}

/** `clientSecret` lets the buyer's browser pay with the provider; `url` is a page of the provider's. */
export type WayToPay = { readonly clientSecret: string } | { readonly url: string };

export type Authorisation =
  /** The money is set aside; `capture` takes it. */
  | { readonly status: "authorised"; readonly reference: string }
  /** Nothing is left to do. */
  | { readonly status: "captured"; readonly reference: string }
  /** The buyer has to do something first. */
  | { readonly status: "pending"; readonly reference: string; readonly way: WayToPay }
  | { readonly status: "declined"; readonly reason: string };

export type Capture =
  | { readonly status: "captured" }
  | { readonly status: "declined"; readonly reason: string };

/**
 * Taking money: set aside before the tickets are booked, taken after, given up when they could not be booked.
 * Calls may be repeated with the same booking; a thrown error means that the outcome is not known.
 */
export interface Payments {
  /** Whether an account of each payment is kept in Postgres (`account.ts`), because money moves elsewhere. */
  readonly keepsAccount?: boolean;
  authorise(request: PaymentRequest): Promise<Authorisation>;
  capture(bookingId: string, reference: string): Promise<Capture>;
  /** Gives up what was set aside, or pays back what was taken. */
  void(bookingId: string, reference: string): Promise<void>;
}
