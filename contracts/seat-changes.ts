import * as z from "zod";
import { changesMax } from "./changes.ts";
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

/** Body of the origin's signed POST to `changesPath`; the indexer's batches name another source. */
export const SeatChanges = z.strictObject({
  source: z.literal("origin"),
  changes: z.array(SeatChange).min(1).max(changesMax),
});
export type SeatChanges = z.infer<typeof SeatChanges>;
