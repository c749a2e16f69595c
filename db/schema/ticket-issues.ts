import { bigint, pgTable } from "drizzle-orm/pg-core";

/** The lowest issue of a ticket that still counts; none means 0. */
export const ticketIssues = pgTable("ticket_issues", {
  ticketId: bigint("ticket_id", { mode: "bigint" }).primaryKey(),
  eventId: bigint("event_id", { mode: "bigint" }).notNull(),
  issue: bigint("issue", { mode: "number" }).notNull(),
});
