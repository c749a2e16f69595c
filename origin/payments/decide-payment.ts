import type { ProviderState } from "./provider.ts";

/** What has become of a booking, by the clock of the database. `ended`: released or cancelled, for ever. */
export type BookingState = "held" | "expired" | "confirmed" | "ended";

/** What the provider says, or that we have decided to give the payment up and may have died in the middle of it. */
export type PaymentState = ProviderState | "voiding";

export type PaymentAction =
  /** Look again when the hold's time is over. */
  | "wait"
  /** Book the tickets, late if need be; give the money up when that fails. */
  | "confirm"
  | "capture"
  /** Give up what was set aside, pay back what was taken. */
  | "void"
  /** The money of a confirmed booking is gone before it was taken: make it a hold again. */
  | "revert"
  /** All is as it should be: write it down and look no more. */
  | "done";

/** What is to be done, whoever finds it: the settlement, a message from the provider, in whatever order and how often. */
export const paymentActions: Readonly<Record<BookingState, Record<PaymentState, PaymentAction>>> = {
  held: { open: "wait", authorised: "confirm", captured: "confirm", gone: "done", voiding: "void" },
  expired: {
    open: "void",
    authorised: "confirm",
    captured: "confirm",
    gone: "done",
    voiding: "void",
  },
  confirmed: {
    open: "wait",
    authorised: "capture",
    captured: "done",
    gone: "revert",
    voiding: "void",
  },
  ended: { open: "void", authorised: "void", captured: "void", gone: "done", voiding: "void" },
};
