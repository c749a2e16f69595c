import * as z from "zod";

/** Ids of rows are sequential 64-bit numbers in Postgres and strings in JSON, where 64 bits would be rounded. */
const rowId = z
  .string()
  .regex(/^[1-9]\d{0,17}$/, "must be a positive whole number, written as a string");

export const EventId = rowId.meta({ id: "EventId", example: "42" });
export type EventId = z.infer<typeof EventId>;

export const VenueId = rowId.meta({ id: "VenueId", example: "7" });
export type VenueId = z.infer<typeof VenueId>;

export const PerformerId = rowId.meta({ id: "PerformerId", example: "3" });
export type PerformerId = z.infer<typeof PerformerId>;

export const TicketId = rowId.meta({ id: "TicketId", example: "60001" });
export type TicketId = z.infer<typeof TicketId>;

/** Bookings are named before they are stored (the id owns the locks), so theirs is a UUID. */
export const BookingId = z.uuid().meta({ id: "BookingId" });
export type BookingId = z.infer<typeof BookingId>;
