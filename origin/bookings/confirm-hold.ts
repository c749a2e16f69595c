import type { Booking } from "../../contracts/bookings.ts";
import { tooLate, type DomainError } from "../errors.ts";
import { bookInstead } from "./book-instead.ts";
import type { Authorisation } from "../payments/payments.ts";
import { sqlFailure } from "../unavailable.ts";
import type { BookingDeps } from "./booking-deps.ts";
import { toBooking } from "./booking-facts.ts";
import type { ConfirmedHold, ConfirmHold, Paid } from "./confirmed-hold.ts";
import { readBooking } from "./read-booking.ts";
import {
  bookingNotFound,
  declined,
  holdExpired,
  limitExceeded,
  notChangeable,
  paymentRequired,
  saleNotOpen,
} from "./refusals.ts";
import { settlePayment } from "./settle-payment.ts";

/** Raised by `confirm_hold` when one of the tickets was blocked: nothing was changed. */
const ticketGone = "FR002";

/**
 * Books the tickets of a hold, once: a repeat answers the same booking. After its expiry the tickets are taken again
 * if they are still free. Redis is not asked: the locks stay until the hold would have expired, and by then
 * Postgres refuses anybody else.
 * @throws DomainError for every refusal; the hold is then as it was
 */
export async function confirmHold(deps: BookingDeps, confirm: ConfirmHold): Promise<Booking> {
  const { bookingId, caller } = confirm;
  if (caller.isLate?.()) throw tooLate();
  const payment = confirm.paid ?? (await authorise(deps, confirm));
  if (payment.status === "declined") throw declined(payment.reason);
  if (payment.status === "pending") throw paymentRequired(payment.way);

  let confirmed = await bookTickets(deps, confirm, payment);
  if (confirmed.outcome === "hold-expired") confirmed = await bookInstead(deps, confirm, payment);
  if (confirmed.outcome !== "confirmed") {
    await deps.payments.void(bookingId, payment.reference);
    throw toRefusal(confirmed);
  }
  if (payment.status === "captured") return toBooking(confirmed.booking);
  const settled = await settlePayment(deps, { ...confirm, reference: payment.reference });
  if (settled.status === "declined") throw declined(settled.reason);
  return toBooking(confirmed.booking);
}

function authorise({ payments, db }: BookingDeps, confirm: ConfirmHold): Promise<Authorisation> {
  const { bookingId, caller, paymentMethod: method, returnTo } = confirm;
  const total = async () => (await readBooking({ db }, confirm)).total;
  return payments.authorise({ ...caller, bookingId, method, returnTo, total });
}

async function bookTickets(
  { storeConfirm, payments }: BookingDeps,
  { bookingId, caller }: ConfirmHold,
  { status, reference }: Paid,
): Promise<ConfirmedHold> {
  try {
    return await storeConfirm({
      ...caller,
      bookingId,
      status,
      reference,
      keepsAccount: payments.keepsAccount === true,
    });
  } catch (error) {
    if (sqlFailure(error)?.code === ticketGone) return { outcome: "hold-expired" };
    throw error;
  }
}

function toRefusal(refused: Exclude<ConfirmedHold, { outcome: "confirmed" }>): DomainError {
  switch (refused.outcome) {
    case "booking-not-found":
      return bookingNotFound();
    case "hold-expired":
      return holdExpired();
    case "ended":
      return notChangeable(`This booking was ${refused.status}.`);
    case "sale-not-open":
      return saleNotOpen(refused.reason);
    case "limit-exceeded":
      return limitExceeded(refused.limit, refused.has);
    case "payment-gone":
      return declined("it was given up");
    default:
      return refused satisfies never;
  }
}
