import {
  boolean,
  doublePrecision,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  uuid,
} from "drizzle-orm/pg-core";
import { identityId, instant, minorUnits, rowId } from "./columns.ts";

/** Tables mirror `db/migrations`; a test compares the two on a real server. */
export const venues = pgTable("venues", {
  id: identityId(),
  name: text("name").notNull(),
  city: text("city").notNull(),
  country: text("country").notNull(),
  latitude: doublePrecision("latitude"),
  longitude: doublePrecision("longitude"),
  timeZone: text("time_zone").notNull(),
  capacity: integer("capacity"),
  alternateNames: text("alternate_names").array().notNull().default([]),
  importKey: text("import_key"),
  updatedAt: instant("updated_at").notNull().defaultNow(),
});

export const performers = pgTable("performers", {
  id: identityId(),
  name: text("name").notNull(),
  description: text("description").notNull().default(""),
  genre: text("genre").notNull().default(""),
  alternateNames: text("alternate_names").array().notNull().default([]),
  importKey: text("import_key"),
  updatedAt: instant("updated_at").notNull().defaultNow(),
});

export const events = pgTable("events", {
  id: identityId(),
  venueId: rowId("venue_id").notNull(),
  performerId: rowId("performer_id").notNull(),
  name: text("name").notNull(),
  description: text("description").notNull().default(""),
  category: text("category").notNull().default(""),
  status: text("status", { enum: ["draft", "published", "cancelled"] })
    .notNull()
    .default("draft"),
  startsAt: instant("starts_at").notNull(),
  endsAt: instant("ends_at").notNull(),
  onSaleAt: instant("on_sale_at").notNull(),
  queueEnabled: boolean("queue_enabled").notNull().default(false),
  ticketLimit: integer("ticket_limit").notNull().default(8),
  popularity: integer("popularity").notNull().default(0),
  version: integer("version").notNull().default(1),
  importKey: text("import_key"),
  createdAt: instant("created_at").notNull().defaultNow(),
  updatedAt: instant("updated_at").notNull().defaultNow(),
});

export const eventPerformers = pgTable(
  "event_performers",
  {
    eventId: rowId("event_id").notNull(),
    performerId: rowId("performer_id").notNull(),
    position: smallint("position").notNull(),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.performerId] })],
);

export const tickets = pgTable("tickets", {
  id: identityId(),
  eventId: rowId("event_id").notNull(),
  section: text("section").notNull(),
  row: text("row").notNull(),
  seat: text("seat").notNull(),
  rowIndex: integer("row_index").notNull(),
  seatIndex: integer("seat_index").notNull(),
  price: minorUnits("price").notNull(),
  currency: text("currency").notNull(),
  status: text("status", { enum: ["available", "booked", "blocked"] })
    .notNull()
    .default("available"),
  accessible: boolean("accessible").notNull().default(false),
  companion: boolean("companion").notNull().default(false),
  restrictedView: boolean("restricted_view").notNull().default(false),
  userId: text("user_id"),
  bookingId: uuid("booking_id"),
});
