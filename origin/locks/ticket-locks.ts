/** Tickets that belong together, with the seats beside them where it matters what is left of the row. */
export interface SeatGroup {
  readonly ticketIds: readonly string[];
  /** Two seats to each side, `[outer, inner]` left and `[inner, outer]` right; undefined: no seat, or known to be sold. */
  readonly left?: readonly [string | undefined, string | undefined];
  readonly right?: readonly [string | undefined, string | undefined];
}

export interface PlaceLocks {
  readonly eventId: string;
  readonly userId: string;
  /** Owner of the locks. */
  readonly bookingId: string;
  /** All of the same size; the first that is entirely free is taken. */
  readonly groups: readonly SeatGroup[];
  /** Skip a group that would leave a single free seat beside it. */
  readonly keepsPairs: boolean;
  /** How many tickets of the event one user may have. */
  readonly limit: number;
  /** With an idempotency key, for which `bookingId` stands. */
  readonly key?: TriedKey | undefined;
}

/** A try to do what came with an idempotency key. */
export interface TriedKey {
  /** Stands for what is asked for. */
  readonly hash: string;
  /** Tells this try from others under the same key. */
  readonly tryId: string;
}

/**
 * Whether a key came with tickets that were free, so that an answer may be stored for it. `unknown`, as after Redis
 * lost what it knew: Postgres has to be asked.
 */
export type KeyUse = "yes" | "no" | "unknown";

export type PlacedLocks =
  | { readonly status: "locked"; readonly ticketIds: readonly string[] }
  /** This booking has these locks already: the same request came before. */
  | { readonly status: "own"; readonly ticketIds: readonly string[] }
  /** Another try holds the key. */
  | { readonly status: "in-flight" }
  /** Another try holds the key, and asks for something else. */
  | { readonly status: "other-request" }
  | { readonly status: "limit-exceeded"; readonly has: number; readonly keyUse: KeyUse }
  /** At least these are taken; nothing was locked. */
  | { readonly status: "taken"; readonly ticketIds: readonly string[]; readonly keyUse: KeyUse };

export interface KeptTicket {
  readonly ticketId: string;
  readonly bookingId: string;
  /** From now. */
  readonly lastsMs: number;
}

/**
 * Exclusive claims on tickets that expire by themselves. They keep people off each other's seats and make refusals
 * cheap; they never decide who owns a ticket. Every call throws `DomainError` `service-unavailable` when Redis
 * does not answer; whether it did the work is then unknown.
 */
export interface TicketLocks {
  /** Locks one group of tickets, or nothing. */
  place(request: PlaceLocks): Promise<PlacedLocks>;
  /**
   * Keeps tickets locked for longer, or again where Redis lost them. Tickets locked by others are left alone.
   * @param userId whose tickets they are, where that is known
   */
  keep(eventId: string, tickets: readonly KeptTicket[], userId?: string): Promise<void>;
  /**
   * Takes away the locks of one booking; fenced by it, so that nobody else's are touched.
   * @param ticketIds which; without them all that the user has locked with this booking
   */
  release(
    owner: { readonly eventId: string; readonly userId: string; readonly bookingId: string },
    ticketIds?: readonly string[],
  ): Promise<void>;
  /**
   * All locked tickets of an event, in one read. Tickets stay locked for a while after they were booked, so lay this
   * only over tickets that are stored as `available`.
   */
  readHeldTickets(eventId: string): Promise<string[]>;
}
