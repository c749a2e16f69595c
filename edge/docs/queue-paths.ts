import * as z from "zod";
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from "zod-openapi";
import { EventId } from "../../contracts/ids.ts";
import {
  QueueAdmitted,
  QueueFigures,
  QueueJoined,
  QueueSample,
  QueueSettings,
  QueueStatus,
} from "../../contracts/queue.ts";
import { Timestamp } from "../../contracts/time.ts";
import { answers, fails, signedIn, takes } from "./operations.ts";

const eventPath = z.object({ eventId: EventId });
const adminPath = z.object({ id: EventId });
const ticketHeader = z.object({ "Queue-Ticket": z.string() });
const challengeHeader = z.object({
  "Turnstile-Token": z
    .string()
    .describe("what Turnstile's widget gave, where there is a challenge"),
});
const refused = fails("unauthenticated", "forbidden", "not-found", "conflict", "validation-failed");

/** An order of an administrator's to a waiting room. */
function orders(summary: string, body?: z.ZodType): { post: ZodOpenApiOperationObject } {
  const post = {
    ...signedIn,
    ...(body ? takes(body) : {}),
    summary,
    requestParams: { path: adminPath },
    responses: { ...answers(200, "The room's figures now", QueueFigures), ...refused },
  };
  return { post };
}

/** Waiting in line, and governing the line. */
export const queuePaths: ZodOpenApiPathsObject = {
  "/events/{eventId}/queue": {
    get: {
      summary: "The status document of an event's waiting room, the same for everybody",
      requestParams: { path: eventPath },
      responses: {
        ...answers(200, "About 250 bytes, fresh to a few seconds", QueueStatus),
        ...fails("not-found", "rate-limited", "service-unavailable"),
      },
    },
    post: {
      ...signedIn,
      summary: "Join; joining again gives the same place",
      requestParams: { path: eventPath, header: challengeHeader.partial() },
      responses: {
        ...answers(201, "A place, and its signed form", QueueJoined),
        ...answers(200, "The place that was there", QueueJoined),
        ...fails("unauthenticated", "not-found", "rate-limited", "service-unavailable"),
      },
    },
    delete: {
      ...signedIn,
      summary: "Leave: frees the place or the slot at once",
      requestParams: { path: eventPath, header: ticketHeader.partial() },
      responses: {
        204: { description: "Left" },
        ...fails("unauthenticated", "not-found", "service-unavailable"),
      },
    },
  },
  "/events/{eventId}/queue/claim": {
    post: {
      ...signedIn,
      summary: "Exchange a served place for an admission pass",
      requestParams: { path: eventPath, header: ticketHeader },
      responses: {
        ...answers(200, "The pass", QueueAdmitted),
        ...fails("unauthenticated", "forbidden", "not-found", "position-not-served"),
        ...fails("position-expired", "rate-limited", "service-unavailable"),
      },
    },
  },
  "/admin/events/{id}/queue": {
    put: {
      ...signedIn,
      ...takes(QueueSettings),
      summary: "Put a waiting room before an event, change its rates, or take it away",
      requestParams: { path: adminPath },
      responses: {
        ...answers(200, "The room's figures", QueueFigures),
        204: { description: "There is no waiting room any more" },
        ...refused,
      },
    },
    get: {
      ...signedIn,
      summary: "Live figures",
      requestParams: { path: adminPath },
      responses: { ...answers(200, "Now", QueueFigures), ...refused },
    },
  },
  "/admin/events/{id}/queue/history": {
    get: {
      ...signedIn,
      summary: "Figures over time",
      requestParams: { path: adminPath },
      responses: {
        ...answers(200, "Samples", z.object({ samples: z.array(QueueSample) })),
        ...refused,
      },
    },
  },
  "/admin/events/{id}/queue/pause": orders("Admit nobody for now"),
  "/admin/events/{id}/queue/resume": orders("Go on admitting"),
  "/admin/events/{id}/queue/open": orders("Open now instead of at the set time"),
  "/admin/events/{id}/queue/fail-open": orders(
    "Break glass: let everybody in for a while",
    z.strictObject({ seconds: z.int().min(1).max(3600) }),
  ),
  "/admin/events/{id}/queue/reset": orders(
    "Begin a new generation: all tickets and passes are void",
    z.strictObject({ opensAt: Timestamp }),
  ),
};
