import type { TicketLocks } from "../locks/ticket-locks.ts";

/**
 * Which tickets of an event are locked. Views go on without: a dead Redis only takes the overlay away.
 * @returns their ids; `undefined` when the locks cannot be read
 */
export async function readHeldTickets(
  locks: Pick<TicketLocks, "readHeldTickets">,
  eventId: string,
): Promise<ReadonlySet<string> | undefined> {
  try {
    return new Set(await locks.readHeldTickets(eventId));
  } catch {
    return undefined;
  }
}
