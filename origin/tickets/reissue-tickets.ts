import { and, eq, sql } from "drizzle-orm";
import { bookings, bookingTickets } from "../../db/schema/bookings.ts";
import { ticketIssues } from "../../db/schema/ticket-issues.ts";
import { withTransaction } from "../../db/transaction.ts";
import { recordAction, type Actor } from "../catalogue/admin/actor.ts";
import { DomainError } from "../errors.ts";
import type { TicketDeps } from "./ticket-deps.ts";

/**
 * Voids what was printed for a booking: its owner finds new codes, and scanners that have heard of it refuse the old.
 * @returns the tickets and the lowest issue of each that still counts
 * @throws DomainError `not-found`, `booking-not-changeable` when it is not confirmed
 */
export async function reissueTickets(
  { db }: TicketDeps,
  actor: Actor,
  { bookingId }: { readonly bookingId: string },
): Promise<{ bookingId: string; issues: Record<string, number> }> {
  return withTransaction(db, async (tx) => {
    const [booking] = await tx
      .select()
      .from(bookings)
      .where(eq(bookings.id, bookingId))
      .for("no key update");
    if (!booking) throw new DomainError("not-found", "There is no such booking.");
    if (booking.status !== "confirmed") {
      throw new DomainError("booking-not-changeable", "Only a confirmed booking has tickets.");
    }
    const tickets = tx
      .select({
        ticketId: bookingTickets.ticketId,
        eventId: bookingTickets.eventId,
        issue: sql<number>`1`.as("issue"),
      })
      .from(bookingTickets)
      .where(and(eq(bookingTickets.bookingId, bookingId), bookingTickets.live));
    const rows = await tx
      .insert(ticketIssues)
      .select(tickets)
      .onConflictDoUpdate({
        target: ticketIssues.ticketId,
        set: { issue: sql`${ticketIssues.issue} + 1` },
      })
      .returning();
    const issues = Object.fromEntries(rows.map((row) => [String(row.ticketId), row.issue]));
    await recordAction(tx, actor, {
      action: "booking.reissue",
      entity: "booking",
      entityId: bookingId,
      detail: { issues },
    });
    return { bookingId, issues };
  });
}
