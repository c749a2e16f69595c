import * as z from "zod";
import { EventId, PerformerId, TicketId, VenueId } from "./ids.ts";
import { Money } from "./money.ts";

export const EventStatus = z.enum(["draft", "published", "cancelled"]).meta({ id: "EventStatus" });
export type EventStatus = z.infer<typeof EventStatus>;

export const Admission = z.enum(["open", "queue"]).meta({ id: "Admission" });
export type Admission = z.infer<typeof Admission>;

/** `held` is never stored: it is an unexpired lock, laid over the stored status when a view is built. */
export const TicketStatus = z
  .enum(["available", "held", "booked", "blocked"])
  .meta({ id: "TicketStatus" });
export type TicketStatus = z.infer<typeof TicketStatus>;

export const Venue = z
  .object({
    id: VenueId,
    name: z.string(),
    city: z.string(),
    country: z.string(),
    latitude: z.number().nullable(),
    longitude: z.number().nullable(),
    timeZone: z.string(),
    capacity: z.int().nullable(),
    alternateNames: z.array(z.string()),
  })
  .meta({ id: "Venue" });
export type Venue = z.infer<typeof Venue>;

export const Performer = z
  .object({
    id: PerformerId,
    name: z.string(),
    description: z.string(),
    genre: z.string(),
    alternateNames: z.array(z.string()),
  })
  .meta({ id: "Performer" });
export type Performer = z.infer<typeof Performer>;

export const Event = z
  .object({
    id: EventId,
    name: z.string(),
    description: z.string(),
    category: z.string(),
    status: EventStatus,
    startsAt: z.string(),
    endsAt: z.string(),
    timeZone: z.string(),
    onSaleAt: z.string(),
    venueId: VenueId,
    performerId: PerformerId,
    version: z.int(),
    admission: Admission,
  })
  .meta({ id: "Event" });
export type Event = z.infer<typeof Event>;

export const Ticket = z
  .object({
    id: TicketId,
    section: z.string(),
    row: z.string(),
    seat: z.string(),
    price: Money,
    status: TicketStatus,
    accessible: z.literal(true).optional(),
    companion: z.literal(true).optional(),
    restrictedView: z.literal(true).optional(),
  })
  .meta({ id: "Ticket" });
export type Ticket = z.infer<typeof Ticket>;

/** What an event that is behind a waiting room says instead of its tickets. */
export const QueueHint = z
  .object({ required: z.literal(true), join: z.string() })
  .meta({ id: "QueueHint" });

export const EventView = z
  .object({
    event: Event,
    venue: Venue,
    performer: Performer,
    performers: z.array(Performer),
    tickets: z.array(Ticket).optional(),
    queue: QueueHint.optional(),
    /** `false` when the locks could not be read, so that a held seat may show as available. */
    heldKnown: z.boolean().optional(),
  })
  .meta({ id: "EventView" });
export type EventView = z.infer<typeof EventView>;

export const AvailabilityCounts = z.object({
  available: z.int(),
  held: z.int(),
  booked: z.int(),
  blocked: z.int(),
});
export type AvailabilityCounts = z.infer<typeof AvailabilityCounts>;

export const Availability = z
  .object({
    version: z.int(),
    counts: AvailabilityCounts,
    statuses: z.base64().describe("2 bits per ticket in ticket order, see availability-bits"),
    heldKnown: z.boolean().optional(),
  })
  .meta({ id: "Availability" });
export type Availability = z.infer<typeof Availability>;
