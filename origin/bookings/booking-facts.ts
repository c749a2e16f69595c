import * as z from "zod";
import { BookingStatus, Refund, type Booking } from "../../contracts/bookings.ts";
import type { TicketStatus } from "../../contracts/events.ts";

const instant = z.string().transform((text) => new Date(text));

const BookedTicket = z.object({
  id: z.string(),
  section: z.string(),
  row: z.string(),
  seat: z.string(),
  price: z.number(),
  status: z.enum(["available", "booked", "blocked"]),
  accessible: z.boolean(),
  companion: z.boolean(),
  restrictedView: z.boolean(),
});

/** A row of the view `booking_facts` as JSON: what the booking functions answer with. */
export const BookingFacts = z.object({
  id: z.string(),
  event_id: z.string(),
  user_id: z.string(),
  status: BookingStatus,
  total: z.number(),
  currency: z.string(),
  created_at: instant,
  expires_at: instant,
  extendable_until: instant,
  confirmed_at: instant.nullable(),
  tickets: z.array(BookedTicket),
  /** Left out by the functions whose bookings cannot have one. */
  refund: Refund.nullish(),
});
export type BookingFacts = z.infer<typeof BookingFacts>;

/** Turns what is stored into what the owner of the booking sees. */
export function toBooking(facts: BookingFacts): Booking {
  const isHeld = facts.status === "held";
  return {
    id: facts.id,
    eventId: facts.event_id,
    userId: facts.user_id,
    status: facts.status,
    tickets: facts.tickets.map((ticket) => ({
      id: ticket.id,
      section: ticket.section,
      row: ticket.row,
      seat: ticket.seat,
      price: { amount: ticket.price, currency: facts.currency },
      status: ticketStatus(facts.status, ticket.status),
      ...(ticket.accessible && { accessible: true as const }),
      ...(ticket.companion && { companion: true as const }),
      ...(ticket.restrictedView && { restrictedView: true as const }),
    })),
    total: { amount: facts.total, currency: facts.currency },
    createdAt: facts.created_at.toISOString(),
    expiresAt: isHeld ? facts.expires_at.toISOString() : null,
    extendableUntil: isHeld ? facts.extendable_until.toISOString() : null,
    confirmedAt: facts.confirmed_at?.toISOString() ?? null,
    ...(facts.refund && { refund: facts.refund }),
  };
}

/** A booking that has ended says nothing about its tickets: they show what they are now. */
function ticketStatus(
  booking: BookingStatus,
  stored: BookingFacts["tickets"][number]["status"],
): TicketStatus {
  if (booking === "held") return "held";
  return booking === "confirmed" ? "booked" : stored;
}
