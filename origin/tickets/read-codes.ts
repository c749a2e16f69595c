import { eq, inArray } from "drizzle-orm";
import { signTicket, type TicketCodes } from "../../contracts/e-ticket.ts";
import { ticketIssues } from "../../db/schema/ticket-issues.ts";
import type { Caller } from "../bookings/booking-deps.ts";
import { readBooking } from "../bookings/read-booking.ts";
import { DomainError } from "../errors.ts";
import type { TicketDeps } from "./ticket-deps.ts";

/**
 * The codes of a confirmed booking's tickets, for its owner: signed anew each time, since nothing secret is in them.
 * @throws DomainError `not-found`, `booking-not-changeable` when it is not confirmed, `service-unavailable` without a key
 */
export async function readCodes(
  deps: TicketDeps,
  asked: { readonly bookingId: string; readonly caller: Caller },
): Promise<TicketCodes> {
  const { eventId, status, tickets } = await readBooking(deps, asked);
  if (status !== "confirmed") {
    throw new DomainError("booking-not-changeable", "Only a confirmed booking has tickets.");
  }
  const key = requireKey(deps);
  const ids = tickets.map(({ id }) => BigInt(id));
  const rows = await deps.db.select().from(ticketIssues).where(inArray(ticketIssues.ticketId, ids));
  const issues = new Map(rows.map(({ ticketId, issue }) => [String(ticketId), issue]));
  const codes = tickets.map(async ({ id: ticketId }) => {
    const claim = { keyId: key.keyId, eventId, ticketId, issue: issues.get(ticketId) ?? 0 };
    return { ticketId, code: await signTicket(key.privateKey, claim) };
  });
  return { codes: await Promise.all(codes) };
}

/** What a scanner at the door of an event needs to verify codes on its own. */
export async function readDoor(deps: TicketDeps, { eventId }: { readonly eventId: string }) {
  const { keyId, publicKey } = requireKey(deps);
  const rows = await deps.db
    .select()
    .from(ticketIssues)
    .where(eq(ticketIssues.eventId, BigInt(eventId)));
  return {
    eventId,
    keys: { [keyId]: publicKey },
    revoked: Object.fromEntries(rows.map(({ ticketId, issue }) => [String(ticketId), issue])),
  };
}

function requireKey({ ticketKey }: TicketDeps) {
  if (ticketKey) return ticketKey;
  throw new DomainError("service-unavailable", "Tickets cannot be signed: no key is configured.", {
    retryAfterSeconds: 60,
  });
}
