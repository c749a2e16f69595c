import * as z from "zod";
import type { ZodOpenApiPathsObject } from "zod-openapi";
import {
  Booking,
  BookingHistory,
  BookingList,
  ConfirmRequest,
  HoldRequest,
  IdempotencyKey,
  PageQuery,
} from "../../contracts/bookings.ts";
import { Availability, EventView } from "../../contracts/events.ts";
import { TicketCodes } from "../../contracts/e-ticket.ts";
import { BookingId, EventId } from "../../contracts/ids.ts";
import { Plan } from "../../contracts/plan.ts";
import { SearchQuery, SearchResult } from "../../contracts/search.ts";
import { answers, fails, signedIn, takes } from "./operations.ts";

const eventPath = z.object({ eventId: EventId });
const bookingPath = z.object({ bookingId: BookingId });
const idempotent = z.object({ "Idempotency-Key": IdempotencyKey.optional() });
const holdHeaders = idempotent.extend({
  "Admission-Pass": z.string().optional().describe("for an event behind a waiting room"),
});

/** Reading and booking. */
export const publicPaths: ZodOpenApiPathsObject = {
  "/events/search": {
    get: {
      summary: "Search published events",
      requestParams: { query: SearchQuery },
      responses: {
        ...answers(200, "One page of events", SearchResult),
        ...fails("validation-failed", "rate-limited", "service-unavailable"),
      },
    },
  },
  "/events/{eventId}": {
    get: {
      summary: "An event with its venue, performers and tickets",
      requestParams: { path: eventPath },
      responses: {
        ...answers(200, "The event; without tickets if it is behind a waiting room", EventView),
        ...fails("not-found", "rate-limited", "service-unavailable"),
      },
    },
  },
  "/events/{eventId}/availability": {
    get: {
      summary: "Statuses of all tickets, 2 bits each, fresh to about a second",
      requestParams: { path: eventPath },
      responses: {
        ...answers(200, "Counts and packed statuses, in ticket order", Availability),
        ...fails("not-found", "admission-required", "rate-limited", "service-unavailable"),
      },
    },
  },
  "/events/{eventId}/facts": {
    get: {
      summary: "An event without its tickets",
      requestParams: { path: eventPath },
      responses: {
        ...answers(200, "The event, its venue and its performers", EventView),
        ...fails("not-found", "rate-limited", "service-unavailable"),
      },
    },
  },
  "/events/{eventId}/plan": {
    get: {
      summary: "All seats without their statuses, compact; never changes within a version",
      requestParams: { path: eventPath },
      responses: {
        ...answers(200, "Sections, rows and prices, in ticket order", Plan),
        ...fails("not-found", "admission-required", "rate-limited", "service-unavailable"),
      },
    },
  },
  "/events/{eventId}/live": {
    get: {
      summary:
        "Live seats, a WebSocket: `{ seq, log, statuses }` first, then `{ seq, changes: [[index, bits]] }`",
      requestParams: {
        path: eventPath,
        query: z.object({
          after: z
            .int()
            .optional()
            .describe("the last seq seen: what was missed is sent, if it is little"),
          log: z
            .string()
            .optional()
            .describe("the log that numbered it, as its first message said"),
        }),
      },
      responses: {
        101: { description: "Connected; a gap in `seq` means: connect anew" },
        ...fails("not-found", "admission-required", "validation-failed", "service-unavailable"),
      },
    },
  },
  "/bookings": {
    get: {
      ...signedIn,
      summary: "The caller's bookings, newest first",
      requestParams: { query: PageQuery },
      responses: {
        ...answers(200, "One page", BookingList),
        ...fails("unauthenticated", "validation-failed"),
      },
    },
  },
  "/bookings/{eventId}": {
    post: {
      ...signedIn,
      ...takes(HoldRequest),
      summary: "Hold tickets: named ones, or the best available",
      requestParams: { path: eventPath, header: holdHeaders },
      responses: {
        ...answers(201, "A hold: all tickets or none", Booking),
        ...fails(
          "malformed-json",
          "unauthenticated",
          "admission-required",
          "not-found",
          "tickets-unavailable",
          "limit-exceeded",
          "sale-not-open",
          "idempotency-key-in-use",
          "payload-too-large",
          "validation-failed",
          "idempotency-key-reused",
          "rate-limited",
          "service-unavailable",
        ),
      },
    },
  },
  "/bookings/{bookingId}": {
    get: {
      ...signedIn,
      summary: "One of the caller's bookings",
      requestParams: { path: bookingPath },
      responses: {
        ...answers(200, "The booking", Booking),
        ...fails("unauthenticated", "not-found"),
      },
    },
    delete: {
      ...signedIn,
      summary: "Release a hold, or cancel a confirmed booking",
      requestParams: { path: bookingPath },
      responses: {
        204: { description: "Its tickets are on sale again" },
        ...fails("unauthenticated", "not-found", "booking-not-changeable", "service-unavailable"),
      },
    },
  },
  "/bookings/{bookingId}/codes": {
    get: {
      ...signedIn,
      summary: "The signed codes of a confirmed booking's tickets",
      requestParams: { path: bookingPath },
      responses: {
        ...answers(200, "One code a ticket, in the booking's order", TicketCodes),
        ...fails("unauthenticated", "not-found", "booking-not-changeable", "service-unavailable"),
      },
    },
  },
  "/bookings/{bookingId}/history": {
    get: {
      ...signedIn,
      summary: "What became of one of the caller's bookings, oldest first",
      requestParams: { path: bookingPath },
      responses: {
        ...answers(200, "Its changes", BookingHistory),
        ...fails("unauthenticated", "not-found"),
      },
    },
  },
  "/bookings/{bookingId}/confirm": {
    post: {
      ...signedIn,
      summary: "Pay for a hold and have its tickets; repeating it changes nothing",
      requestParams: { path: bookingPath, header: idempotent },
      requestBody: { content: { "application/json": { schema: ConfirmRequest } } },
      responses: {
        ...answers(200, "The confirmed booking", Booking),
        ...fails(
          "unauthenticated",
          "payment-required",
          "payment-declined",
          "not-found",
          "hold-expired",
          "sale-not-open",
          "service-unavailable",
        ),
      },
    },
  },
  "/bookings/{bookingId}/extend": {
    post: {
      ...signedIn,
      summary: "Hold longer, within a hard cap",
      requestParams: { path: bookingPath, header: idempotent },
      responses: {
        ...answers(200, "The hold with its new end", Booking),
        ...fails("unauthenticated", "not-found", "hold-expired", "service-unavailable"),
      },
    },
  },
};
