import type * as z from "zod";
import { Booking, BookingList } from "../../contracts/bookings.ts";
import { TicketCodes } from "../../contracts/e-ticket.ts";
import { Availability, EventView } from "../../contracts/events.ts";
import { Plan } from "../../contracts/plan.ts";
import { Problem, toProblem } from "../../contracts/problem.ts";
import { QueueAdmitted, QueueJoined, QueueStatus } from "../../contracts/queue.ts";
import { SearchResult } from "../../contracts/search.ts";
import { positionOf } from "../waiting-room/core/place.ts";
import { challengeHeader } from "../waiting-room/suspects.ts";
import type { Admission, Caller, Outcome, PagesDeps } from "./deps.ts";

/** Asks the API of this same Worker, in the process: pages can do what every client can, and no more. */
export type AskApi = (path: string, init: RequestInit) => Promise<Response>;

type ApiVerbs = Omit<
  PagesDeps,
  "publicOrigin" | "now" | "reportError" | "assets" | "readSession" | "signIn" | "challengeSiteKey"
>;

interface Call {
  readonly method?: "GET" | "POST" | "DELETE";
  readonly caller?: Caller | undefined;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
}

/** What pages need, by way of the API. */
export function apiVerbs(ask: AskApi): ApiVerbs {
  const call = async <Value>(
    path: string,
    read: (json: unknown) => Value,
    options: Call = {},
  ): Promise<Outcome<Value>> => {
    const response = await ask(path, toInit(options));
    const text = await response.text();
    const json: unknown = text === "" ? null : JSON.parse(text);
    if (response.ok) return { ok: true, value: read(json) };
    const problem = Problem.safeParse(json);
    if (problem.success) return { ok: false, problem: problem.data };
    const requestId = response.headers.get("X-Request-Id") ?? "";
    return { ok: false, problem: toProblem("internal-error", "No problem was named.", requestId) };
  };
  const post = (caller: Caller) => ({ method: "POST", caller }) as const;
  const id = encodeURIComponent;
  const admitted = (admission?: Admission): Call => ({
    caller: admission?.caller,
    headers: { "Admission-Pass": admission?.pass },
  });
  return {
    loadEvent: (event) => call(`/events/${id(event)}/facts`, asIs(EventView)),
    loadPlan: (event, admission) =>
      call(`/events/${id(event)}/plan`, asIs(Plan), admitted(admission)),
    loadAvailability: (event, admission) =>
      call(`/events/${id(event)}/availability`, asIs(Availability), admitted(admission)),
    followSeats: (event, { caller, pass }, after) => {
      const headers = { Upgrade: "websocket", "Admission-Pass": pass };
      const query = after === undefined ? "" : `?after=${id(after)}`;
      return ask(`/events/${id(event)}/live${query}`, toInit({ caller, headers }));
    },
    search: (query) => call(`/events/search?${query}`, asIs(SearchResult)),
    placeHold: (caller, { eventId, request, idempotencyKey, pass }) =>
      call(`/bookings/${id(eventId)}`, asIs(Booking), {
        ...post(caller),
        headers: { "Idempotency-Key": idempotencyKey, "Admission-Pass": pass },
        body: request,
      }),
    getBooking: (caller, booking) => call(`/bookings/${id(booking)}`, asIs(Booking), { caller }),
    listBookings: (caller, page) => call(`/bookings?page=${page}`, asIs(BookingList), { caller }),
    confirm: (caller, booking, returnTo) =>
      call(`/bookings/${id(booking)}/confirm`, asIs(Booking), {
        ...post(caller),
        body: { returnTo },
      }),
    extend: (caller, booking) =>
      call(`/bookings/${id(booking)}/extend`, asIs(Booking), post(caller)),
    release: (caller, booking) =>
      call(`/bookings/${id(booking)}`, () => null, { method: "DELETE", caller }),
    ticketCodes: (caller, booking) =>
      call(`/bookings/${booking.id}/codes`, (json) => TicketCodes.parse(json).codes, { caller }),
    queueStatus: (event) => call(`/events/${id(event)}/queue`, asIs(QueueStatus)),
    queuePosition: (status, number) => Promise.resolve(positionOf(number, status) ?? undefined),
    joinQueue: (caller, event, challenge) =>
      call(`/events/${id(event)}/queue`, asIs(QueueJoined), {
        ...post(caller),
        headers: { [challengeHeader]: challenge },
      }),
    claimPass: (caller, event, queueTicket) =>
      call(`/events/${id(event)}/queue/claim`, asIs(QueueAdmitted), {
        ...post(caller),
        headers: { "Queue-Ticket": queueTicket },
      }),
    leaveQueue: (caller, event, queueTicket) =>
      call(`/events/${id(event)}/queue`, () => null, {
        method: "DELETE",
        caller,
        headers: { "Queue-Ticket": queueTicket },
      }),
  };
}

/** The API wrote it a moment ago in this process, and its tests hold it to the schema: checking again would cost
 * milliseconds a page. */
function asIs<Schema extends z.ZodType>(_schema: Schema): (json: unknown) => z.output<Schema> {
  return (json) => json as z.output<Schema>;
}

function toInit({ method = "GET", caller, headers = {}, body }: Call): RequestInit {
  const all = new Headers();
  for (const [name, value] of Object.entries(headers)) if (value) all.set(name, value);
  if (caller) {
    all.set("Authorization", `Bearer ${caller.session.token}`);
    all.set("X-Request-Id", caller.requestId);
  }
  if (body === undefined) return { method, headers: all };
  all.set("Content-Type", "application/json");
  return { method, headers: all, body: JSON.stringify(body) };
}
