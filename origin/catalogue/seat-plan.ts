import { encodePlan } from "../../contracts/plan-codec.ts";
import type { Ticket } from "../../contracts/events.ts";
import type { Deps } from "../deps.ts";
import { DomainError } from "../errors.ts";
import { findVisibleEvent, joinUrl, type EventRequest } from "./event-view.ts";
import { readTickets } from "./ticket-rows.ts";
import { planCoords } from "./venue-plan/plan-coords.ts";
import { readVenueSeats } from "./venue-plan/read-plan.ts";

/** Built plans that are kept: each is a few kilobytes, and never changes within a version. */
const plansMax = 200;

export interface SeatPlan {
  /** Text of the contract's `Plan`. */
  readonly json: string;
  readonly etag: string;
  readonly isPublic: boolean;
}

/**
 * Makes the reader of seat plans. Building one reads every ticket, so it is done once a version, by whoever comes
 * first; who asks meanwhile waits for the same.
 * @returns a function that throws DomainError `not-found`; `admission-required` for a queued event without a pass
 */
export function openSeatPlans(
  deps: Pick<Deps, "db">,
): (request: EventRequest) => Promise<SeatPlan> {
  const built = new Map<string, Promise<string>>();
  return async ({ eventId, user, hasPass }) => {
    const { event } = await findVisibleEvent(deps, eventId, user);
    if (event.admission === "queue" && !hasPass) {
      throw new DomainError("admission-required", "This event has a waiting room.", {
        extras: { queue: joinUrl(eventId) },
      });
    }
    const key = `${eventId}:${event.version}`;
    let plan = built.get(key);
    if (!plan) {
      plan = buildPlan(deps, eventId, event.version);
      built.set(key, plan);
      plan.catch(() => built.delete(key)); // the next one tries again
      for (const oldest of built.keys()) {
        if (built.size <= plansMax) break;
        built.delete(oldest);
      }
    }
    return {
      json: await plan,
      etag: `"plan-${event.version}"`,
      isPublic: event.status !== "draft",
    };
  };
}

async function buildPlan({ db }: Pick<Deps, "db">, eventId: string, version: number) {
  const [{ json }, placed] = await Promise.all([
    readTickets(db, eventId, new Set()),
    readVenueSeats(db, eventId),
  ]);
  // Postgres built this text a moment ago; checking 60,000 tickets would hold everybody else up for seconds.
  const tickets = JSON.parse(json) as Ticket[];
  const coords = planCoords(tickets, placed);
  return JSON.stringify({ ...encodePlan(tickets, version), ...(coords && { coords }) });
}
