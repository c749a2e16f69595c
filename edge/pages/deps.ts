import type { Booking, BookingList, HoldRequest } from "../../contracts/bookings.ts";
import type { Availability, EventView } from "../../contracts/events.ts";
import type { Plan } from "../../contracts/plan.ts";
import type { Problem } from "../../contracts/problem.ts";
import type { QueueStatus } from "../../contracts/queue.ts";
import type { SearchResult } from "../../contracts/search.ts";

/** What a page asks for either comes, or there is a problem to tell people about. */
export type Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: Problem };

/** An event without its tickets: half a kilobyte, where the tickets of a stadium are megabytes. */
export type EventFacts = Omit<EventView, "tickets">;

/** Somebody signed in. */
export interface Session {
  readonly userId: string;
  readonly name: string;
  readonly roles: readonly string[];
  /** The issuer's token, by which the API knows this person. */
  readonly token: string;
}

/** On whose behalf, and under which request id, something is asked for. */
export interface Caller {
  readonly session: Session;
  readonly requestId: string;
}

/** Somebody whom a waiting room has let in. */
export interface Admission {
  readonly caller: Caller;
  readonly pass: string;
}

/** Where the files of the browser are: logical name (`event.js`) to public path. */
export type AssetPaths = Readonly<Record<string, string>>;

export interface TicketCode {
  readonly ticketId: string;
  /** What the QR code says. */
  readonly code: string;
}

/** What has to come back with somebody whom the issuer sends back. */
export interface SignInAttempt {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** Signing in with OpenID Connect: authorization code and PKCE. */
export interface SignIn {
  /** Where to send somebody, and what to remember about it meanwhile. */
  readonly begin: () => Promise<Outcome<{ readonly url: string; readonly attempt: SignInAttempt }>>;
  /**
   * @param callback the address that the issuer sent somebody back to
   * @returns the session's token and when it ends (Unix milliseconds); `unauthenticated` when the issuer said no
   */
  readonly finish: (
    callback: URL,
    attempt: SignInAttempt,
  ) => Promise<Outcome<{ readonly token: string; readonly expiresAt: number }>>;
}

/** Everything that pages need from the rest of the system. */
export interface PagesDeps {
  /** Public origin, for canonical links: `https://tickets.example`. */
  readonly publicOrigin: string;
  readonly now: () => number;
  /** Something broke: log it under the request id that the page names. */
  readonly reportError: (error: Error, requestId: string) => void;
  readonly assets: () => Promise<AssetPaths>;

  readonly loadEvent: (eventId: string) => Promise<Outcome<EventFacts>>;
  /** @param admission for an event with a waiting room */
  readonly loadPlan: (eventId: string, admission?: Admission) => Promise<Outcome<Plan>>;
  readonly loadAvailability: (
    eventId: string,
    admission?: Admission,
  ) => Promise<Outcome<Availability>>;
  /**
   * Opens a WebSocket with the event's live seats.
   * @param after sequence number of the last message seen before, if any
   * @returns the answer to an upgrade, or a problem
   */
  readonly followSeats: (
    eventId: string,
    admission: Admission,
    after?: string,
  ) => Promise<Response>;
  /** @param query parameters as in the API, unknown ones already dropped */
  readonly search: (query: URLSearchParams) => Promise<Outcome<SearchResult>>;

  readonly placeHold: (
    caller: Caller,
    hold: {
      readonly eventId: string;
      readonly request: HoldRequest;
      readonly idempotencyKey: string;
      readonly pass?: string | undefined;
    },
  ) => Promise<Outcome<Booking>>;
  readonly getBooking: (caller: Caller, bookingId: string) => Promise<Outcome<Booking>>;
  readonly listBookings: (caller: Caller, page: number) => Promise<Outcome<BookingList>>;
  /** @param returnTo where the page that the buyer may have to pay at sends them back to */
  readonly confirm: (
    caller: Caller,
    bookingId: string,
    returnTo: string,
  ) => Promise<Outcome<Booking>>;
  readonly extend: (caller: Caller, bookingId: string) => Promise<Outcome<Booking>>;
  readonly release: (caller: Caller, bookingId: string) => Promise<Outcome<null>>;
  /** Signed codes of a confirmed booking's tickets, in the booking's order. */
  readonly ticketCodes: (
    caller: Caller,
    booking: Booking,
  ) => Promise<Outcome<readonly TicketCode[]>>;

  /** Position of a number, or nothing before the draw. */
  readonly queuePosition: (status: QueueStatus, number: number) => Promise<number | undefined>;
  readonly queueStatus: (eventId: string) => Promise<Outcome<QueueStatus>>;
  /** Of the challenge for those who join; absent: there is none. */
  readonly challengeSiteKey?: string | undefined;
  /** @param challenge the visitor's answer to it, if there is one */
  readonly joinQueue: (
    caller: Caller,
    eventId: string,
    challenge?: string,
  ) => Promise<Outcome<{ readonly queueTicket: string; readonly number: number }>>;
  readonly claimPass: (
    caller: Caller,
    eventId: string,
    queueTicket: string,
  ) => Promise<Outcome<{ readonly admissionPass: string; readonly expiresAt: string }>>;
  readonly leaveQueue: (
    caller: Caller,
    eventId: string,
    queueTicket: string,
  ) => Promise<Outcome<null>>;

  readonly signIn: SignIn;
  /** Who a session cookie is, or nothing when it is forged or over. */
  readonly readSession: (token: string) => Promise<Session | undefined>;
}
