import * as z from "zod";
import type { SeatChange } from "../../contracts/seat-changes.ts";

/** Payload of topic `seats`, as the database functions write it. */
export const SeatMessage = z.object({
  eventId: z.string(),
  ticketIds: z.array(z.string()),
  status: z.enum(["available", "held", "booked"]),
});
export type SeatMessage = z.infer<typeof SeatMessage>;

/**
 * Folds messages into one change an event: of several about one ticket the youngest counts.
 * @param messages by rising id
 */
export function foldSeatMessages(
  messages: readonly { readonly id: string; readonly payload: SeatMessage }[],
): SeatChange[] {
  const events = new Map<
    string,
    { sequence: string; statuses: Map<string, SeatMessage["status"]> }
  >();
  for (const { id, payload } of messages) {
    const event = events.get(payload.eventId) ?? { sequence: id, statuses: new Map() };
    event.sequence = id;
    for (const ticketId of payload.ticketIds) event.statuses.set(ticketId, payload.status);
    events.set(payload.eventId, event);
  }
  return [...events].map(([eventId, { sequence, statuses }]) => {
    const having = (status: SeatMessage["status"]) =>
      [...statuses].flatMap(([ticketId, is]) => (is === status ? [ticketId] : []));
    return {
      eventId,
      sequence,
      available: having("available"),
      held: having("held"),
      booked: having("booked"),
    };
  });
}
