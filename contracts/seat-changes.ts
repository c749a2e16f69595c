import * as z from "zod";
import { EventId, TicketId } from "./ids.ts";

/** What became of tickets of one event. A message may come again, and a younger one before an older one. */
export const SeatChange = z.object({
  eventId: EventId,
  /** Orders the changes of an event: one that is not above the last one seen for a ticket says nothing new. */
  sequence: z.string().regex(/^[1-9]\d{0,18}$/),
  available: z.array(TicketId),
  held: z.array(TicketId),
  booked: z.array(TicketId),
});
export type SeatChange = z.infer<typeof SeatChange>;

/** Body of the origin's signed `POST /internal/changes` to the edge. */
export const SeatChanges = z.object({ changes: z.array(SeatChange).min(1).max(1_000) });
export type SeatChanges = z.infer<typeof SeatChanges>;
