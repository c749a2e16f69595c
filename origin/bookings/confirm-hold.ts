import { sql } from "drizzle-orm";
import * as z from "zod";
import type { Booking } from "../../contracts/bookings.ts";
import { DomainError } from "../errors.ts";
import type { Authorisation } from "../payments/payments.ts";
import { sqlFailure } from "../unavailable.ts";
import type { BookingDeps, Caller } from "./booking-deps.ts";
import { BookingFacts, toBooking } from "./booking-facts.ts";
import { callFunction } from "./call-function.ts";
import { readBooking } from "./read-booking.ts";
import {
  bookingNotFound,
  holdExpired,
  limitExceeded,
  notChangeable,
  saleNotOpen,
} from "./refusals.ts";
import { settlePayment } from "./settle-payment.ts";

/** Raised by `confirm_hold` when one of the tickets was blocked: nothing was changed. */
const ticketGone = "FR002";

const ConfirmedHold = z.discriminatedUnion("outcome", [
  z.object({ outcome: z.literal("confirmed"), booking: BookingFacts, repeated: z.boolean() }),
  z.object({ outcome: z.literal("booking-not-found") }),
  z.object({ outcome: z.literal("hold-expired") }),
  z.object({ outcome: z.literal("ended"), status: z.enum(["released", "cancelled"]) }),
  z.object({ outcome: z.literal("sale-not-open"), reason: z.enum(["over", "cancelled"]) }),
  z.object({ outcome: z.literal("limit-exceeded"), limit: z.int(), has: z.int() }),
]);
type ConfirmedHold = z.infer<typeof ConfirmedHold>;

export interface ConfirmHold {
  readonly bookingId: string;
  readonly caller: Caller;
}

/**
 * Books the tickets of a hold, once: a repeat answers the same booking. After its expiry the tickets are taken again
 * if they are still free. Redis is not asked: the locks stay until the hold would have expired, and by then
 * Postgres refuses anybody else.
 * @throws DomainError for every refusal; the hold is then as it was
 */
export async function confirmHold(deps: BookingDeps, confirm: ConfirmHold): Promise<Booking> {
  const { bookingId, caller } = confirm;
  const payment = await deps.payments.authorise({
    bookingId,
    userId: caller.userId,
    total: async () => (await readBooking(deps, confirm)).total,
  });
  if (payment.status === "declined") throw declined(payment.reason);

  const confirmed = await bookTickets(deps, confirm, payment);
  if (confirmed.outcome !== "confirmed") {
    await deps.payments.void(bookingId, payment.reference);
    throw toRefusal(confirmed);
  }
  if (payment.status === "captured") return toBooking(confirmed.booking);
  const settled = await settlePayment(deps, { ...confirm, reference: payment.reference });
  if (settled.status === "declined") throw declined(settled.reason);
  return toBooking(confirmed.booking);
}

async function bookTickets(
  { db }: BookingDeps,
  { bookingId, caller }: ConfirmHold,
  payment: Exclude<Authorisation, { status: "declined" }>,
): Promise<ConfirmedHold> {
  try {
    return await callFunction(
      db,
      ConfirmedHold,
      sql`confirm_hold(${bookingId}::uuid, ${caller.userId}, ${caller.requestId}, ${payment.status}, ${payment.reference})`,
    );
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
    default:
      return refused satisfies never;
  }
}

function declined(reason: string): DomainError {
  return new DomainError("payment-declined", `The payment was declined: ${reason}.`);
}
