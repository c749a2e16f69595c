import type { Booking } from "../../contracts/bookings.ts";
import { problems } from "../../contracts/problem.ts";
import { DomainError } from "../errors.ts";
import { readStoredAnswer } from "../idempotency/read-stored-answer.ts";
import type { KeyUse } from "../locks/ticket-locks.ts";
import { BookingFacts, toBooking } from "./booking-facts.ts";
import type { BookingDeps } from "./booking-deps.ts";
import { bookingIdOf } from "./booking-id.ts";
import { chooseSeats } from "./choose-seats.ts";
import { claimSeats, type ClaimSeats } from "./claim-seats.ts";
import {
  keyInUse,
  keyReused,
  limitExceeded,
  requireOpenSale,
  ticketsUnavailable,
} from "./refusals.ts";

export type PlaceHold = Pick<ClaimSeats, "eventId" | "caller" | "request" | "idempotency">;

export interface PlacedHold {
  readonly booking: Booking;
  /** It answers an earlier request with the same key. */
  readonly isReplay: boolean;
}

/** Buyers who lose each round to others are not kept for ever. */
const roundsMax = 40;

/** Refused, and certain that no earlier request under the key succeeded. */
interface Refused {
  readonly refusal: DomainError;
}

/**
 * Places a hold on tickets by name, or on the best that there are: all or none.
 * @throws DomainError for every refusal; those of tickets that are locked never reach Postgres, except that with an
 * idempotency key whose use Redis does not know for certain the key's row is looked for, by its primary key
 */
export async function placeHold(deps: BookingDeps, hold: PlaceHold): Promise<PlacedHold> {
  const attempted = await attempt(deps, hold).catch((error: unknown) => recall(deps, hold, error));
  if ("refusal" in attempted) throw attempted.refusal;
  return attempted;
}

/** The same request may have succeeded before: then that answer is due, whatever has happened since. */
async function recall(deps: BookingDeps, hold: PlaceHold, error: unknown): Promise<PlacedHold> {
  const { idempotency, eventId, caller } = hold;
  if (!idempotency || !isRefusal(error)) throw error;
  const keyUse = await deps.keys
    .lookUp({ eventId, bookingId: bookingIdOf(caller.userId, idempotency.key) })
    .catch(() => "unknown" as const);
  if (keyUse === "no") throw error;
  if (keyUse === "unknown") deps.getToKnowKeys(eventId);
  const stored = await readStoredAnswer(deps.db, caller.userId, idempotency);
  if (stored.status === "other-request") throw keyReused();
  if (stored.status === "in-flight") throw keyInUse();
  if (stored.status === "none") throw error;
  const facts: unknown = JSON.parse(stored.body ?? "null");
  return { booking: toBooking(BookingFacts.parse(facts)), isReplay: true };
}

async function attempt(deps: BookingDeps, hold: PlaceHold): Promise<PlacedHold | Refused> {
  const { eventId, caller, request, idempotency } = hold;
  const sale = await deps.sales.read(eventId);
  requireOpenSale(sale);

  let bookingId = idempotency ? bookingIdOf(caller.userId, idempotency.key) : deps.newBookingId();
  const tryId = deps.newBookingId();
  let known: "lately" | "held" | "all" = "lately";
  for (let round = 0; round < roundsMax; round += 1) {
    const choice = await chooseSeats(deps, eventId, sale.version, request, known);
    if (choice.groups.length === 0) {
      if (known === "all") throw ticketsUnavailable([], []);
      known = "all";
      continue;
    }
    const claim = await claimSeats(deps, {
      ...hold,
      ...choice,
      bookingId,
      tryId,
      limit: sale.ticketLimit,
    });
    switch (claim.status) {
      case "placed":
      case "replayed":
        return { booking: toBooking(claim.booking), isReplay: claim.status === "replayed" };
      case "id-taken":
        // The key is more than a day old, and so is the booking that it stood for.
        bookingId = deps.newBookingId();
        break;
      case "freed":
        break;
      case "limit-exceeded":
        return refused(limitExceeded(claim.limit, claim.has), claim.keyUse);
      case "taken":
        if ("ticketIds" in request) {
          const { ticketIds } = request;
          const others = deps.seatings.findAlternatives(
            eventId,
            sale.version,
            ticketIds,
            bookingId,
          );
          return refused(ticketsUnavailable(claim.ticketIds, await others), claim.keyUse);
        }
        known = claim.by === "postgres" ? "all" : "held";
        break;
      default:
        return claim satisfies never;
    }
  }
  throw new DomainError("service-unavailable", "Too many buyers want these seats. Try again.", {
    retryAfterSeconds: 1,
  });
}

/** @throws the refusal where the key may have been used */
function refused(refusal: DomainError, keyUse: KeyUse): Refused {
  if (keyUse !== "no") throw refusal;
  return { refusal };
}

function isRefusal(error: unknown): boolean {
  return error instanceof DomainError && problems[error.code][0] < 500;
}
