import type { Booking, HoldRequest } from "../../../contracts/bookings.ts";
import { packStatuses } from "../../../contracts/availability-bits.ts";
import type { Ticket, TicketStatus } from "../../../contracts/events.ts";
import { encodePlan } from "../../../contracts/plan-codec.ts";
import { toProblem, type ProblemCode } from "../../../contracts/problem.ts";
import type { QueueStatus } from "../../../contracts/queue.ts";
import type { EventFacts, Outcome, PagesDeps } from "../deps.ts";

/** Where a test's clock begins. */
export const shopOpens = Date.parse("2026-06-01T10:00:00Z");
const holdMs = 600_000;

interface Shelves {
  readonly tickets: (Ticket & { status: TicketStatus })[];
  readonly bookings: Map<string, Booking>;
  /** What pages asked of the rest of the system, by name, in order. */
  readonly calls: string[];
  facts: EventFacts;
  queue: QueueStatus | undefined;
  now: number;
  /** How many events a search finds; it shows one of them. */
  found: number;
  /** False: nobody can say what others hold. */
  heldKnown: boolean | undefined;
  /** The page where bookings have to be paid for first; undefined: they count as paid. */
  payAt: string | undefined;
  /** Makes the next calls of a verb fail. */
  readonly fail: Map<keyof PagesDeps, ProblemCode>;
}

export interface Shop extends Shelves {
  readonly deps: PagesDeps;
}

/**
 * A shop in memory for tests of pages: one event, its tickets, bookings that can be held and confirmed. It records what
 * is asked of it and fails on demand; the real parts are tried by the browser tests.
 */
export function openShop(facts: EventFacts, tickets: readonly Ticket[]): Shop {
  const shop: Shelves = {
    tickets: tickets.map((ticket) => ({ ...ticket })),
    bookings: new Map(),
    calls: [],
    facts,
    queue: undefined,
    now: shopOpens,
    found: 45,
    heldKnown: undefined,
    payAt: undefined,
    fail: new Map(),
  };
  return Object.assign(shop, { deps: depsOf(shop) });
}

function depsOf(shop: Shelves): PagesDeps {
  const run = <Value>(
    verb: keyof PagesDeps,
    answer: () => Value | ProblemCode,
  ): Promise<Outcome<Value>> => {
    shop.calls.push(verb);
    const failure = shop.fail.get(verb);
    const value = failure ?? answer();
    return Promise.resolve(
      isCode(value) ? { ok: false, problem: toProblem(value, "", "r") } : { ok: true, value },
    );
  };
  const own = (userId: string, id: string) => {
    const booking = shop.bookings.get(id);
    return booking?.userId === userId ? booking : undefined;
  };
  const change = (booking: Booking, patch: Partial<Booking>) => {
    const changed = { ...booking, ...patch };
    shop.bookings.set(booking.id, changed);
    return changed;
  };
  const mark = (booking: Booking, status: TicketStatus) => {
    const ids = new Set(booking.tickets.map(({ id }) => id));
    for (const ticket of shop.tickets) if (ids.has(ticket.id)) ticket.status = status;
  };
  const seats = (pass: string | undefined) =>
    shop.facts.event.admission === "queue" && pass === undefined;
  return {
    publicOrigin: "https://tickets.example",
    now: () => shop.now,
    assets: () =>
      Promise.resolve({
        "style.css": "/assets/style.css",
        "page.js": "/assets/page.js",
        "event.js": "/assets/event.js",
      }),
    reportError: (error) => {
      shop.calls.push(`reportError ${error.message}`);
    },
    loadEvent: (id) =>
      run("loadEvent", () => (id === shop.facts.event.id ? shop.facts : "not-found")),
    loadPlan: (_, admission) =>
      run("loadPlan", () =>
        seats(admission?.pass) ? "admission-required" : encodePlan(shop.tickets, 1),
      ),
    loadAvailability: (_, admission) =>
      run("loadAvailability", () =>
        seats(admission?.pass)
          ? "admission-required"
          : {
              version: 1,
              counts: { available: 0, held: 0, booked: 0, blocked: 0 },
              statuses: packStatuses(shop.tickets.map(({ status }) => status)),
              ...(shop.heldKnown === undefined ? {} : { heldKnown: shop.heldKnown }),
            },
      ),
    followSeats: () => Promise.resolve(new Response(null, { status: 503 })),
    search: (query) =>
      run("search", () => {
        const { event, venue, performer } = shop.facts;
        shop.calls.push(`search ${query}`);
        const found = {
          ...event,
          venue,
          performer,
          priceRange: { min: 4500, max: 12_500, currency: "EUR" },
          availability: "few" as const,
        };
        return {
          events: shop.found === 0 ? [] : [found],
          page: Number(query.get("page") ?? 1),
          pageSize: Number(query.get("pageSize") ?? 20),
          total: shop.found,
          partial: false,
          degraded: false,
        };
      }),
    placeHold: ({ session }, { request, idempotencyKey }) => {
      shop.calls.push(`key ${idempotencyKey}`);
      const repeated = shop.bookings.get(idempotencyKey);
      if (shop.fail.has("placeHold")) return run<Booking>("placeHold", () => "conflict");
      if (repeated) return run("placeHold", () => own(session.userId, repeated.id) ?? repeated);
      const wanted = choose(shop.tickets, request);
      if (wanted.length === 0 || wanted.some(({ status }) => status !== "available")) {
        shop.calls.push("placeHold");
        const alternatives = [
          shop.tickets
            .filter((it) => it.status === "available")
            .slice(0, 2)
            .map(({ id }) => id),
        ];
        return Promise.resolve({
          ok: false,
          problem: toProblem("tickets-unavailable", "", "r", { alternatives }),
        });
      }
      const booking = newBooking(shop, session.userId, wanted);
      shop.bookings.set(idempotencyKey, booking);
      shop.bookings.set(booking.id, booking);
      mark(booking, "held");
      return run("placeHold", () => booking);
    },
    getBooking: ({ session }, id) =>
      run("getBooking", () => own(session.userId, id) ?? "not-found"),
    listBookings: ({ session }, page) =>
      run("listBookings", () => {
        const bookings = [...new Set(shop.bookings.values())].filter(
          (it) => it.userId === session.userId,
        );
        return { bookings, page, pageSize: 20, total: bookings.length };
      }),
    confirm: ({ session }, id, returnTo) => {
      shop.calls.push(`return to ${returnTo}`);
      if (shop.payAt !== undefined) {
        const payment = { url: shop.payAt };
        return Promise.resolve({
          ok: false,
          problem: toProblem("payment-required", "", "r", { payment }),
        });
      }
      return run("confirm", () => {
        const booking = own(session.userId, id);
        if (!booking) return "not-found";
        mark(booking, "booked");
        return change(booking, { status: "confirmed", expiresAt: null });
      });
    },
    extend: ({ session }, id) =>
      run("extend", () => {
        const booking = own(session.userId, id);
        if (!booking) return "not-found";
        return change(booking, { expiresAt: booking.extendableUntil });
      }),
    release: ({ session }, id) =>
      run("release", () => {
        const booking = own(session.userId, id);
        if (!booking) return "not-found";
        mark(booking, "available");
        change(booking, { status: "released", expiresAt: null });
        return null;
      }),
    ticketCodes: (_, booking) =>
      run("ticketCodes", () =>
        booking.tickets.map(({ id }) => ({
          ticketId: id,
          code: `FR1:${"0123456789ABCDEF".repeat(8)}${id}`,
        })),
      ),
    queueStatus: () => run("queueStatus", () => shop.queue ?? "not-found"),
    queuePosition: (_, number) => Promise.resolve(number),
    joinQueue: () => run("joinQueue", () => ({ queueTicket: "ticket.of.alice", number: 41 })),
    claimPass: () =>
      run("claimPass", () => ({
        admissionPass: "pass.of.alice",
        expiresAt: new Date(shop.now + holdMs).toISOString(),
      })),
    leaveQueue: () => run("leaveQueue", () => null),
    signIn: {
      begin: () =>
        run("signIn", () => ({
          url: "https://issuer.example/authorize?state=s1",
          attempt: { state: "s1", nonce: "n", codeVerifier: "v" },
        })),
      finish: (callback) =>
        run("signIn", () =>
          callback.searchParams.get("code") === "good"
            ? { token: "of-alice", expiresAt: shop.now + holdMs }
            : "unauthenticated",
        ),
    },
    readSession: (token) =>
      Promise.resolve(
        token.startsWith("of-")
          ? { userId: token.slice(3), name: token.slice(3), roles: [], token }
          : undefined,
      ),
  };
}

function choose(tickets: readonly Ticket[], request: HoldRequest): Ticket[] {
  if ("ticketIds" in request) {
    return request.ticketIds.flatMap((id) => tickets.find((ticket) => ticket.id === id) ?? []);
  }
  const { quantity, section, maxPrice } = request.bestAvailable;
  return tickets
    .filter((it) => it.status === "available" && (section === undefined || it.section === section))
    .filter((it) => maxPrice === undefined || it.price.amount <= maxPrice)
    .slice(0, quantity);
}

function newBooking(shop: Shelves, userId: string, tickets: readonly Ticket[]): Booking {
  const iso = (at: number) => new Date(at).toISOString();
  return {
    id: `00000000-0000-4000-8000-${String(shop.bookings.size + 1).padStart(12, "0")}`,
    eventId: shop.facts.event.id,
    userId,
    status: "held",
    tickets: tickets.map((ticket) => ({ ...ticket, status: "held" })),
    total: {
      amount: tickets.reduce((sum, ticket) => sum + ticket.price.amount, 0),
      currency: tickets[0]?.price.currency ?? "EUR",
    },
    createdAt: iso(shop.now),
    expiresAt: iso(shop.now + holdMs),
    extendableUntil: iso(shop.now + 3 * holdMs),
    confirmedAt: null,
  };
}

function isCode(value: unknown): value is ProblemCode {
  return typeof value === "string";
}
