import { countStatuses, packStatuses } from "../../contracts/availability-bits.ts";
import type { Availability } from "../../contracts/events.ts";
import { DomainError } from "../errors.ts";
import {
  findVisibleEvent,
  joinUrl,
  toTag,
  type EventRequest,
  type ViewDeps,
} from "./event-view.ts";
import { readHeldTickets } from "./held-tickets.ts";
import { readStatuses, toStatuses } from "./ticket-rows.ts";

/**
 * The status of every ticket of an event, two bits each, in the order of the view.
 * @throws DomainError `not-found`; `admission-required` for a queued event without a pass
 */
export async function viewAvailability(
  deps: ViewDeps,
  { eventId, user, hasPass }: EventRequest,
): Promise<{ availability: Availability; etag: string; isPublic: boolean }> {
  const [{ event }, held] = await Promise.all([
    findVisibleEvent(deps, eventId, user),
    readHeldTickets(deps.locks, eventId),
  ]);
  if (event.admission === "queue" && !hasPass) {
    throw new DomainError("admission-required", "This event has a waiting room.", {
      extras: { queue: joinUrl(eventId) },
    });
  }
  const digits = await readStatuses(deps.db, eventId, held ?? new Set());
  const statuses = toStatuses(digits);
  return {
    isPublic: event.status !== "draft",
    etag: toTag(event.version, String(held === undefined), digits),
    availability: {
      version: event.version,
      counts: countStatuses(statuses),
      statuses: packStatuses(statuses),
      ...(held === undefined && { heldKnown: false }),
    },
  };
}
