import * as z from "zod";
import { Ticket } from "./events.ts";
import { BookingId, EventId, TicketId } from "./ids.ts";
import { Amount, Money } from "./money.ts";

/** Default number of tickets that one user may hold and have booked for one event. */
export const ticketLimitDefault = 8;

export const BookingStatus = z
  .enum(["held", "confirmed", "released", "expired", "cancelled"])
  .meta({ id: "BookingStatus" });
export type BookingStatus = z.infer<typeof BookingStatus>;

const NamedTickets = z.strictObject({
  ticketIds: z
    .array(TicketId)
    .min(1)
    .max(ticketLimitDefault)
    .refine((ids) => new Set(ids).size === ids.length, "must not name a ticket twice"),
  acceptEqualSeats: z.boolean().optional(),
});

const BestAvailable = z.strictObject({
  bestAvailable: z.strictObject({
    quantity: z.int().min(1).max(ticketLimitDefault),
    section: z.string().min(1).max(100).optional(),
    maxPrice: Amount.optional().describe("most that one ticket may cost, in minor units"),
  }),
  acceptEqualSeats: z.boolean().optional(),
});

/** Body of `POST /bookings/:eventId`: tickets by name, or so many of the best. */
export const HoldRequest = z
  .union([NamedTickets, BestAvailable], {
    error: "must have either ticketIds or bestAvailable",
  })
  .meta({ id: "HoldRequest" });
export type HoldRequest = z.infer<typeof HoldRequest>;

/**
 * Parses a hold request so that the errors name the field, which a plain union cannot do.
 * @param body any JSON value
 */
export function parseHoldRequest(body: unknown): z.ZodSafeParseResult<HoldRequest> {
  const named = isRecord(body) && "ticketIds" in body;
  const best = isRecord(body) && "bestAvailable" in body;
  if (named && !best) return NamedTickets.safeParse(body);
  if (best && !named) return BestAvailable.safeParse(body);
  return HoldRequest.safeParse(named ? {} : body);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Body of `POST /bookings/:bookingId/confirm`; it may be left out. */
export const ConfirmRequest = z
  .strictObject({
    paymentMethod: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .describe(
        "what to pay with, as the payment provider names it; without it the buyer pays there",
      ),
    returnTo: z
      .url({ protocol: /^https?$/, error: "must be an http or https URL" })
      .max(2_000)
      .optional()
      .describe(
        "pay at a page of the payment provider's, which comes back here; a 402 then has payment.url",
      ),
  })
  .refine((how) => how.paymentMethod === undefined || how.returnTo === undefined, {
    path: ["returnTo"],
    error: "must not come with paymentMethod",
  })
  .meta({ id: "ConfirmRequest" });
export type ConfirmRequest = z.infer<typeof ConfirmRequest>;

export const Refund = z.enum(["under-way", "done"]).meta({ id: "Refund" });
export type Refund = z.infer<typeof Refund>;

export const Booking = z
  .object({
    id: BookingId,
    eventId: EventId,
    userId: z.string(),
    status: BookingStatus,
    tickets: z.array(Ticket),
    total: Money,
    createdAt: z.string(),
    expiresAt: z.string().nullable().describe("null once the booking is no hold any more"),
    extendableUntil: z.string().nullable().describe("hard cap of a hold, however often extended"),
    confirmedAt: z.string().nullable(),
    refund: Refund.optional().describe("of a cancelled booking that was paid for here"),
  })
  .meta({ id: "Booking" });
export type Booking = z.infer<typeof Booking>;

/** What became of a booking, oldest first. */
export const BookingHistory = z
  .object({
    bookingId: BookingId,
    changes: z.array(
      z.object({
        at: z.string(),
        action: z.string().describe("such as hold.placed, hold.confirmed, booking.cancelled"),
        byOwner: z
          .boolean()
          .describe(
            "false: by the system, by whoever called the event off, or by a buyer to whom it had expired",
          ),
      }),
    ),
  })
  .meta({ id: "BookingHistory" });
export type BookingHistory = z.infer<typeof BookingHistory>;

const wholeNumber = (most: number, preset: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int().min(1).max(most))
    .default(preset);

export const PageQuery = z.object({ page: wholeNumber(10_000, 1), pageSize: wholeNumber(100, 20) });
export type PageQuery = z.infer<typeof PageQuery>;

export const BookingList = z
  .object({ bookings: z.array(Booking), page: z.int(), pageSize: z.int(), total: z.int() })
  .meta({ id: "BookingList" });
export type BookingList = z.infer<typeof BookingList>;

/** Header `Idempotency-Key`. */
export const IdempotencyKey = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[\x21-\x7e]+$/, "must be 1 to 255 visible ASCII characters");
