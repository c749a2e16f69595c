import * as z from "zod";
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from "zod-openapi";
import {
  AuditRecord,
  EventInput,
  EventPatch,
  PerformerInput,
  PerformerPatch,
  TicketsInput,
  VenueInput,
  VenuePatch,
} from "../../contracts/admin.ts";
import { PageQuery } from "../../contracts/bookings.ts";
import { Event, Performer, Venue } from "../../contracts/events.ts";
import { RevokedIssues, TicketDoor } from "../../contracts/e-ticket.ts";
import { BookingId, EventId, PerformerId, VenueId } from "../../contracts/ids.ts";
import { SeatingPlan, SeatingPlanChange, SeatingPlanQuery } from "../../contracts/seating-plan.ts";
import { answers, fails, signedIn, takes } from "./operations.ts";

const refused = fails("malformed-json", "unauthenticated", "forbidden", "validation-failed");

function creates(what: string, input: z.ZodType, output: z.ZodType): ZodOpenApiOperationObject {
  return {
    ...signedIn,
    ...takes(input),
    summary: `Make ${what}`,
    responses: { ...answers(201, "What was made", output), ...refused },
  };
}

function changes(
  what: string,
  id: z.ZodType,
  patch: z.ZodType,
  output: z.ZodType,
): ZodOpenApiOperationObject {
  return {
    ...signedIn,
    ...takes(patch),
    summary: `Change ${what}`,
    requestParams: {
      path: z.object({ id }),
      header: z.object({ "If-Match": z.string().optional() }),
    },
    responses: {
      ...answers(200, "As it is now", output),
      ...refused,
      ...fails("not-found", "precondition-failed"),
    },
  };
}

/** What administrators do. */
export const adminPaths: ZodOpenApiPathsObject = {
  "/admin/venues": { post: creates("a venue", VenueInput, Venue) },
  "/admin/venues/{id}": { patch: changes("a venue", VenueId, VenuePatch, Venue) },
  "/admin/venues/{id}/plan": {
    put: {
      ...signedIn,
      ...takes(SeatingPlan),
      summary: "Import where a venue's seats stand, as a pretix seating plan",
      requestParams: { path: z.object({ id: VenueId }), query: SeatingPlanQuery },
      responses: {
        ...answers(200, "What changes, or would change", SeatingPlanChange),
        ...refused,
        ...fails("not-found", "payload-too-large", "conflict"),
      },
    },
  },
  "/admin/performers": { post: creates("a performer", PerformerInput, Performer) },
  "/admin/performers/{id}": {
    patch: changes("a performer", PerformerId, PerformerPatch, Performer),
  },
  "/admin/events": { post: creates("an event", EventInput, Event) },
  "/admin/events/{id}": { patch: changes("an event", EventId, EventPatch, Event) },
  "/admin/events/{id}/tickets": {
    post: {
      ...signedIn,
      ...takes(TicketsInput),
      summary: "Put rows of seats on sale",
      requestParams: { path: z.object({ id: EventId }) },
      responses: {
        ...answers(201, "How many were made", z.looseObject({ created: z.int() })),
        ...refused,
        ...fails("not-found", "conflict"),
      },
    },
  },
  "/admin/events/{id}/cancel": {
    post: {
      ...signedIn,
      summary:
        "Call an event off: it stays visible, nothing is sold any more, its bookings end and are paid back",
      requestParams: { path: z.object({ id: EventId }) },
      responses: { ...answers(200, "The event", Event), ...refused, ...fails("not-found") },
    },
  },
  "/admin/events/{id}/door": {
    get: {
      ...signedIn,
      summary: "What a scanner needs to verify tickets on its own",
      requestParams: { path: z.object({ id: EventId }) },
      responses: { ...answers(200, "Public keys and reissued tickets", TicketDoor), ...refused },
    },
  },
  "/admin/bookings/{id}/reissue": {
    post: {
      ...signedIn,
      summary: "Void what was printed for a booking and issue new codes",
      requestParams: { path: z.object({ id: BookingId }) },
      responses: {
        ...answers(
          200,
          "The lowest issue of each ticket that still counts",
          z.object({ bookingId: BookingId, issues: RevokedIssues }),
        ),
        ...refused,
        ...fails("not-found", "booking-not-changeable"),
      },
    },
  },
  "/admin/audit": {
    get: {
      ...signedIn,
      summary: "Who did what, newest first",
      requestParams: { query: PageQuery },
      responses: {
        ...answers(
          200,
          "One page",
          z.object({
            records: z.array(AuditRecord),
            page: z.int(),
            pageSize: z.int(),
            total: z.int(),
          }),
        ),
        ...fails("unauthenticated", "forbidden", "validation-failed"),
      },
    },
  },
};
