import type { HoldRequest } from "../../contracts/bookings.ts";
import { readStoredAnswer } from "../idempotency/read-stored-answer.ts";
import type { KeyUse, PlacedLocks } from "../locks/ticket-locks.ts";
import type { BookingDeps, Caller } from "./booking-deps.ts";
import type { BookingFacts } from "./booking-facts.ts";
import type { SeatChoice } from "./choose-seats.ts";
import {
  currenciesDiffer,
  eventNotFound,
  keyInUse,
  keyReused,
  saleNotOpen,
  ticketsUnknown,
} from "./refusals.ts";
import type { Idempotency, StoredHold } from "./store-hold.ts";

export interface ClaimSeats extends SeatChoice {
  readonly bookingId: string;
  readonly eventId: string;
  readonly caller: Caller;
  readonly request: HoldRequest;
  readonly idempotency?: Idempotency | undefined;
  /** Names this try under its idempotency key. */
  readonly tryId: string;
  readonly limit: number;
}

export type Claim =
  | { readonly status: "placed" | "replayed"; readonly booking: BookingFacts }
  | {
      readonly status: "taken";
      readonly by: "redis" | "postgres";
      readonly ticketIds: readonly string[];
      readonly keyUse: KeyUse;
    }
  | {
      readonly status: "limit-exceeded";
      readonly limit: number;
      readonly has: number;
      readonly keyUse: KeyUse;
    }
  | { readonly status: "id-taken" }
  /** Locks of a try that died were in the way; they are gone now. */
  | { readonly status: "freed" };

/**
 * Locks one of the groups, then has Postgres decide. Whatever goes wrong after the lock, the lock goes away at once,
 * or by itself when even that fails.
 * @throws DomainError for refusals that trying other seats would not change
 */
export async function claimSeats(deps: BookingDeps, claim: ClaimSeats): Promise<Claim> {
  const locked = await lockSeats(deps, claim);
  if (locked.status === "taken") return { ...locked, by: "redis" };
  if (locked.status === "limit-exceeded") return { ...locked, limit: claim.limit };
  if (locked.status === "in-flight") throw keyInUse();
  if (locked.status === "other-request") throw keyReused();
  if (locked.status === "own" && !isAskedFor(locked.ticketIds, claim)) return freeDead(deps, claim);

  const { ticketIds } = locked;
  // Locks that were there before may be those of a hold that is stored: a failed repeat must not take them away.
  const isFirst = locked.status === "locked";
  let stored: StoredHold;
  try {
    const acceptsEqualSeats = claim.request.acceptEqualSeats;
    stored = await deps.storeHold({ ...claim, ...claim.caller, ticketIds, acceptsEqualSeats });
  } catch (error) {
    if (isFirst) await release(deps, claim);
    await endTry(deps, claim);
    throw error;
  }
  if (stored.outcome === "placed") return { status: "placed", booking: stored.booking };
  if (stored.outcome === "replayed") {
    const kept = new Set(stored.live ? stored.booking.tickets.map(({ id }) => id) : []);
    const surplus = ticketIds.filter((id) => !kept.has(id));
    if (surplus.length > 0) await release(deps, claim, surplus);
    return { status: "replayed", booking: stored.booking };
  }
  const isOfKey = stored.outcome === "key-reused" || stored.outcome === "key-in-use";
  if (isFirst || !isOfKey) await release(deps, claim);
  await endTry(deps, claim);
  return toClaim(deps, claim, ticketIds, stored);
}

/**
 * The key came before, and what it locked is not what is asked for now. Either that hold is stored, or its try died:
 * its time is over, or this one would not have got here.
 * @throws DomainError when it is stored
 */
async function freeDead(deps: BookingDeps, claim: ClaimSeats): Promise<Claim> {
  const { idempotency, caller } = claim;
  if (!idempotency) throw keyInUse();
  const stored = await readStoredAnswer(deps.db, caller.userId, idempotency);
  if (stored.status !== "none") throw keyInUse();
  await release(deps, claim);
  return { status: "freed" };
}

async function lockSeats(deps: BookingDeps, claim: ClaimSeats): Promise<PlacedLocks> {
  const { userId } = claim.caller;
  const { idempotency, tryId } = claim;
  const key = idempotency && { hash: idempotency.requestHash, tryId };
  try {
    return await deps.locks.place({ ...claim, userId, key });
  } catch (error) {
    // The script may have run and only its answer been lost. Nobody waits for this. Under a key the locks may be those
    // of a hold that is stored: they are left to the repeat, which finds them its own, or to their expiry.
    void (idempotency === undefined ? release(deps, claim) : endTry(deps, claim));
    throw error;
  }
}

/** Redis may be down, or this process about to die: the locks end by themselves, too. */
async function release(
  { locks }: BookingDeps,
  { eventId, caller, bookingId }: ClaimSeats,
  ticketIds?: readonly string[],
): Promise<void> {
  const owner = { eventId, userId: caller.userId, bookingId };
  await locks.release(owner, ticketIds).catch(() => undefined);
}

/** Whoever repeats the request need not wait until the time of this try is over. */
async function endTry({ keys }: BookingDeps, claim: ClaimSeats): Promise<void> {
  if (!claim.idempotency) return;
  await keys.endTry(claim, claim.tryId).catch(() => undefined);
}

function isAskedFor(ticketIds: readonly string[], { request, quantity }: ClaimSeats): boolean {
  if (ticketIds.length !== quantity) return false;
  return !("ticketIds" in request) || request.ticketIds.every((id) => ticketIds.includes(id));
}

async function toClaim(
  deps: BookingDeps,
  { eventId, request }: ClaimSeats,
  ticketIds: readonly string[],
  stored: Exclude<StoredHold, { outcome: "placed" | "replayed" }>,
): Promise<Claim> {
  switch (stored.outcome) {
    case "tickets-unavailable":
      await rememberOwners(deps, eventId, stored.unavailable);
      return {
        status: "taken",
        by: "postgres",
        keyUse: "no",
        ticketIds: stored.unavailable.map(({ ticketId }) => ticketId),
      };
    case "limit-exceeded":
      return { status: "limit-exceeded", limit: stored.limit, has: stored.has, keyUse: "no" };
    case "id-taken":
      return { status: "id-taken" };
    case "key-reused":
      throw keyReused();
    case "key-in-use":
      throw keyInUse();
    case "event-not-found":
      throw eventNotFound();
    case "sale-not-open":
      throw saleNotOpen(stored.reason);
    case "tickets-unknown":
      // The best available came from what was remembered of the event: it was changed meanwhile.
      if (!("ticketIds" in request)) {
        return { status: "taken", by: "postgres", keyUse: "no", ticketIds };
      }
      throw ticketsUnknown(request.ticketIds, stored.ticketIds);
    case "currencies-differ":
      throw currenciesDiffer();
    default:
      return stored satisfies never;
  }
}

/** Lets Redis refuse these from now on: it had lost them, or never knew that they are booked. */
async function rememberOwners(
  { locks, holdSeconds }: BookingDeps,
  eventId: string,
  unavailable: Extract<StoredHold, { outcome: "tickets-unavailable" }>["unavailable"],
): Promise<void> {
  const owned = unavailable.flatMap(({ ticketId, bookingId, ms }) =>
    bookingId === null ? [] : [{ ticketId, bookingId, lastsMs: ms ?? holdSeconds * 1_000 }],
  );
  await locks.keep(eventId, owned).catch(() => undefined);
}
