import {
  boolean,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from "drizzle-orm/pg-core";
import { identityId, instant, minorUnits, rowId } from "./columns.ts";

export const bookings = pgTable("bookings", {
  id: uuid("id").primaryKey(),
  eventId: rowId("event_id").notNull(),
  userId: text("user_id").notNull(),
  status: text("status", {
    enum: ["held", "confirmed", "released", "expired", "cancelled"],
  }).notNull(),
  total: minorUnits("total").notNull(),
  currency: text("currency").notNull(),
  createdAt: instant("created_at").notNull().defaultNow(),
  expiresAt: instant("expires_at").notNull(),
  extendableUntil: instant("extendable_until").notNull(),
  confirmedAt: instant("confirmed_at"),
  endedAt: instant("ended_at"),
  paymentStatus: text("payment_status", { enum: ["authorised", "captured", "voided", "refunded"] }),
  paymentReference: text("payment_reference"),
  acceptEqualSeats: boolean("accept_equal_seats").notNull().default(false),
});

export const payments = pgTable("payments", {
  bookingId: uuid("booking_id").primaryKey(),
  attempt: integer("attempt").notNull().default(1),
  reference: text("reference"),
  status: text("status", {
    enum: ["begun", "open", "authorised", "captured", "declined", "voiding", "voided", "refunded"],
  }).notNull(),
  amount: minorUnits("amount").notNull(),
  currency: text("currency").notNull(),
  tries: integer("tries").notNull().default(0),
  nextAt: instant("next_at"),
  changedAt: instant("changed_at").notNull().defaultNow(),
});

export const eventCancellations = pgTable("event_cancellations", {
  eventId: rowId("event_id").primaryKey(),
  actor: text("actor").notNull(),
  requestId: text("request_id"),
  requestedAt: instant("requested_at").notNull().defaultNow(),
  payBackAfter: instant("pay_back_after").notNull().defaultNow(),
  nextAt: instant("next_at").defaultNow(),
});

export const bookingTickets = pgTable(
  "booking_tickets",
  {
    bookingId: uuid("booking_id").notNull(),
    ticketId: rowId("ticket_id").notNull(),
    eventId: rowId("event_id").notNull(),
    price: minorUnits("price").notNull(),
    live: boolean("live").notNull().default(true),
  },
  (table) => [primaryKey({ columns: [table.bookingId, table.ticketId] })],
);

export const idempotencyKeys = pgTable(
  "idempotency_keys",
  {
    userId: text("user_id").notNull(),
    key: text("key").notNull(),
    requestHash: text("request_hash").notNull(),
    status: integer("status"),
    body: json("body").$type<unknown>(),
    headers: jsonb("headers").$type<Record<string, string>>(),
    lockedUntil: instant("locked_until").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.key] })],
);

export const auditLog = pgTable("audit_log", {
  id: identityId(),
  at: instant("at").notNull().defaultNow(),
  actor: text("actor").notNull(),
  action: text("action").notNull(),
  entity: text("entity").notNull(),
  entityId: text("entity_id").notNull(),
  requestId: text("request_id"),
  detail: jsonb("detail").$type<Record<string, unknown>>().notNull().default({}),
});

export const outbox = pgTable("outbox", {
  id: identityId(),
  topic: text("topic").notNull(),
  payload: jsonb("payload").$type<unknown>().notNull(),
  createdAt: instant("created_at").notNull().defaultNow(),
  attempts: integer("attempts").notNull().default(0),
  nextAt: instant("next_at").notNull().defaultNow(),
});
