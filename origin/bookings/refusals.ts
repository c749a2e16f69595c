import { DomainError } from "../errors.ts";
import type { WayToPay } from "../payments/payments.ts";
import type { EventSale } from "./event-sales.ts";

const saleShut = {
  "not-yet": "Tickets for this event are not on sale yet.",
  over: "This event is over.",
  cancelled: "This event was cancelled.",
} as const;

/** Why nothing of an event can be bought. */
export type SaleShut = keyof typeof saleShut;

export function saleNotOpen(reason: SaleShut): DomainError {
  return new DomainError("sale-not-open", saleShut[reason]);
}

export function eventNotFound(): DomainError {
  return new DomainError("not-found", "There is no such event.");
}

export function bookingNotFound(): DomainError {
  return new DomainError("not-found", "There is no such booking of yours.");
}

export function limitExceeded(limit: number, has: number): DomainError {
  return new DomainError(
    "limit-exceeded",
    `One person may have ${limit} tickets for this event, and you have ${has} already.`,
    { extras: { limit } },
  );
}

export function ticketsUnavailable(
  unavailable: readonly string[],
  alternatives: readonly (readonly string[])[],
): DomainError {
  const detail =
    unavailable.length === 0
      ? "There are not as many tickets left as bestAvailable asks for."
      : `Not available: ${unavailable.length} of the tickets in ticketIds.`;
  return new DomainError("tickets-unavailable", detail, { extras: { unavailable, alternatives } });
}

/** Names the place in `ticketIds` of each that is no ticket of the event. */
export function ticketsUnknown(
  asked: readonly string[],
  ticketIds: readonly string[],
): DomainError {
  const errors = ticketIds.map((id) => ({
    path: `ticketIds.${asked.indexOf(id)}`,
    message: "is not a ticket of this event",
  }));
  return new DomainError("validation-failed", "Some fields are not valid.", { extras: { errors } });
}

export function currenciesDiffer(): DomainError {
  const errors = [{ path: "ticketIds", message: "must have prices in one currency" }];
  return new DomainError("validation-failed", "Some fields are not valid.", { extras: { errors } });
}

export function holdExpired(): DomainError {
  return new DomainError("hold-expired", "The hold has expired, and its tickets are gone.");
}

export function notChangeable(why: string): DomainError {
  return new DomainError("booking-not-changeable", why);
}

export function declined(reason: string): DomainError {
  return new DomainError("payment-declined", `The payment was declined: ${reason}.`);
}

/** @param payment how the buyer pays, at the payment provider */
export function paymentRequired(payment: WayToPay): DomainError {
  return new DomainError(
    "payment-required",
    "Pay first; then the booking is confirmed by itself, or by confirming it again.",
    { extras: { payment } },
  );
}

export function keyInUse(): DomainError {
  return new DomainError(
    "idempotency-key-in-use",
    "The first request with this Idempotency-Key is still under way.",
    { retryAfterSeconds: 1 },
  );
}

export function keyReused(): DomainError {
  return new DomainError(
    "idempotency-key-reused",
    "This Idempotency-Key came with another request before.",
  );
}

/** @throws DomainError unless tickets of the event can be bought now */
export function requireOpenSale({ sale }: EventSale): void {
  if (sale === "unknown") throw eventNotFound();
  if (sale !== "open") throw saleNotOpen(sale);
}
