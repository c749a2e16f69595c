import { randomUUID } from "node:crypto";
import { inArray } from "drizzle-orm";
import type { Db } from "../client.ts";
import { bookings, bookingTickets } from "../schema/bookings.ts";
import { eventPerformers, events, performers, tickets, venues } from "../schema/catalogue.ts";

type Venue = typeof venues.$inferSelect;
type Performer = typeof performers.$inferSelect;
type Event = typeof events.$inferSelect;
type Ticket = typeof tickets.$inferSelect;

const dayMs = 86_400_000;

/** A venue in London, unless told otherwise. */
export async function insertVenue(
  db: Db,
  fields: Partial<typeof venues.$inferInsert> = {},
): Promise<Venue> {
  const values = {
    name: "Harbour Hall",
    city: "London",
    country: "GB",
    latitude: 51.5074,
    longitude: -0.1278,
    timeZone: "Europe/London",
    capacity: 2_000,
    ...fields,
  };
  return only(await db.insert(venues).values(values).returning());
}

export async function insertPerformer(
  db: Db,
  fields: Partial<typeof performers.$inferInsert> = {},
): Promise<Performer> {
  return only(
    await db
      .insert(performers)
      .values({ name: "The Tide Tables", genre: "Rock", ...fields })
      .returning(),
  );
}

/**
 * A published event that is on sale and begins in 30 days, unless told otherwise; venue and performer are made where
 * none is given.
 * @param furtherPerformerIds performers after the headliner, in order
 */
export async function insertEvent(
  db: Db,
  fields: Partial<typeof events.$inferInsert> = {},
  furtherPerformerIds: readonly bigint[] = [],
): Promise<Event> {
  const startsAt = fields.startsAt ?? new Date(Date.now() + 30 * dayMs);
  const values = {
    name: "The Tide Tables live",
    category: "Music",
    status: "published" as const,
    endsAt: new Date(startsAt.getTime() + 2.5 * 3_600_000),
    onSaleAt: new Date(Date.now() - dayMs),
    ...fields,
    startsAt,
    venueId: fields.venueId ?? (await insertVenue(db)).id,
    performerId: fields.performerId ?? (await insertPerformer(db)).id,
  };
  const event = only(await db.insert(events).values(values).returning());
  await db.insert(eventPerformers).values(
    [event.performerId, ...furtherPerformerIds].map((performerId, position) => ({
      eventId: event.id,
      performerId,
      position,
    })),
  );
  return event;
}

export interface TicketsShape {
  readonly sections?: readonly string[];
  readonly rows?: number;
  readonly seatsPerRow?: number;
  /** Minor units. */
  readonly price?: number;
  readonly currency?: string;
}

const insertedAtOnce = 3_000;

/**
 * Available tickets in rectangular sections: rows "A", "B", …, seats "1", "2", ….
 * @returns them in ticket order
 */
export async function insertTickets(
  db: Db,
  event: Pick<Event, "id">,
  shape: TicketsShape = {},
): Promise<Ticket[]> {
  const { sections = ["A"], rows = 2, seatsPerRow = 5, price = 5_000, currency = "GBP" } = shape;
  const values = sections.flatMap((section) =>
    Array.from({ length: rows * seatsPerRow }, (_, index) => {
      const rowIndex = Math.floor(index / seatsPerRow);
      const seatIndex = index % seatsPerRow;
      const place = { section, row: rowName(rowIndex), seat: String(seatIndex + 1) };
      return { eventId: event.id, ...place, rowIndex, seatIndex, price, currency };
    }),
  );
  const made: Ticket[] = [];
  for (let at = 0; at < values.length; at += insertedAtOnce) {
    const chunk = values.slice(at, at + insertedAtOnce);
    made.push(...(await db.insert(tickets).values(chunk).returning()));
  }
  return made.sort((a, b) => (a.id < b.id ? -1 : 1));
}

export interface BookingShape {
  readonly eventId: bigint;
  readonly userId?: string;
  readonly status?: "held" | "confirmed";
  /** When a hold ends, or would have ended. */
  readonly expiresAt?: Date;
}

/** A booking with its live claims; a confirmed one has the tickets, too. */
export async function insertBooking(
  db: Db,
  shape: BookingShape,
  claimed: readonly Pick<Ticket, "id" | "price" | "currency">[],
): Promise<typeof bookings.$inferSelect> {
  const { eventId, userId = "alice", status = "confirmed" } = shape;
  const expiresAt = shape.expiresAt ?? new Date(Date.now() + 600_000);
  const values = {
    id: randomUUID(),
    eventId,
    userId,
    status,
    total: claimed.reduce((sum, ticket) => sum + ticket.price, 0),
    currency: claimed[0]?.currency ?? "GBP",
    expiresAt,
    extendableUntil: expiresAt,
    confirmedAt: status === "confirmed" ? new Date() : null,
  };
  return db.transaction(async (tx) => {
    const booking = only(await tx.insert(bookings).values(values).returning());
    const ids = claimed.map((ticket) => ticket.id);
    await tx
      .insert(bookingTickets)
      .values(
        claimed.map(({ id, price }) => ({ bookingId: booking.id, ticketId: id, eventId, price })),
      );
    if (status === "confirmed") {
      await tx
        .update(tickets)
        .set({ status: "booked", userId, bookingId: booking.id })
        .where(inArray(tickets.id, ids));
    }
    return booking;
  });
}

/** 0 → "A", 25 → "Z", 26 → "AA". */
function rowName(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : rowName(Math.floor(index / 26) - 1) + last;
}

function only<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined) throw new Error("the insert returned no row");
  return row;
}
