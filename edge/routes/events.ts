import { type Context, Hono } from "hono";
import { EventId } from "../../contracts/ids.ts";
import { invalidFields } from "../../contracts/problem.ts";
import type { AppEnv } from "../app-env.ts";
import { acceptEncoding, takes } from "../cache/accepts.ts";
import type { Audience } from "../cache/answer-headers.ts";
import { plainBody } from "../cache/cached-answer.ts";
import type { CacheResult } from "../cache/edge-cache.ts";
import { respond } from "../cache/respond.ts";
import type { EventPart } from "../events/ask-origin.ts";
import { loadEventPart, readRefusal } from "../events/load-event-part.ts";
import { findCaller } from "../middleware/authenticate.ts";
import { limitRate } from "../middleware/limit-rate.ts";
import { plainTimer } from "../one-timer.ts";
import type { Parts } from "../parts.ts";
import { EdgeProblem } from "../problem.ts";
import { readSearchQuery } from "../search/read-query.ts";
import { searchEvents } from "../search/search-events.ts";
import { splitAddress } from "../simple-read.ts";

/** What everybody may see: cached, the same for all. */
export function eventRoutes(parts: Parts): Hono<AppEnv> {
  const reads = limitRate(parts, "LIMIT_READS");
  const searches = limitRate(parts, "LIMIT_SEARCHES");
  return new Hono<AppEnv>()
    .get("/events/search", searches, async (ctx) => {
      const { query: typed } = splitAddress(ctx.req.url);
      const query = readSearchQuery(typed);
      if (!query.success) {
        const errors = invalidFields(query.error);
        throw new EdgeProblem("validation-failed", "The query has a parameter that is not valid.", {
          errors,
        });
      }
      const context = { ...toContext(ctx), setTimer: plainTimer };
      const result = await searchEvents(parts, query.data, typed, context);
      return respond(ctx.req.raw, result, "public", ctx.get("requestId"));
    })
    .get("/events/:eventId", reads, (ctx) => answerPart(parts, ctx, "view"))
    .get("/events/:eventId/availability", reads, (ctx) => answerPart(parts, ctx, "availability"))
    .get("/events/:eventId/facts", reads, (ctx) => answerPart(parts, ctx, "facts"))
    .get("/events/:eventId/plan", reads, (ctx) => answerPart(parts, ctx, "plan"));
}

async function answerPart(
  parts: Parts,
  ctx: Context<AppEnv, "/events/:eventId">,
  part: EventPart,
): Promise<Response> {
  const { result, audience } = await readEventPart(parts, ctx, part);
  return respond(ctx.req.raw, result, audience, ctx.get("requestId"));
}

/**
 * What the caller may see of an event.
 * @throws `not-found`; `admission-required` for a queued event without a good pass; `service-unavailable`
 */
export async function readEventPart(
  parts: Parts,
  ctx: Context<AppEnv, "/events/:eventId">,
  part: EventPart,
): Promise<{ eventId: string; result: CacheResult; audience: Audience }> {
  const id = EventId.safeParse(ctx.req.param("eventId"));
  if (!id.success) throw noSuchEvent();
  const eventId = id.data;
  const pass = await readPass(parts, ctx, eventId);
  const encoding = takes(acceptEncoding(ctx.req.raw), "br") ? "br" : "gzip";
  const question = { eventId, part, pass, encoding, ...toContext(ctx) } as const;
  const result = await loadEventPart(parts, question);
  const { answer } = result;
  if (answer.status === 404) throw noSuchEvent();
  if (answer.status === 403) {
    const { detail, queue } = readRefusal(await plainBody(answer));
    throw new EdgeProblem("admission-required", detail, { queue });
  }
  return { eventId, result, audience: pass === undefined ? "public" : "private" };
}

/** The caller's admission pass, if it is good for this event. */
export async function readPass(
  { verifyPass }: Parts,
  ctx: Context<AppEnv>,
  eventId: string,
): Promise<string | undefined> {
  const given = ctx.req.header("Admission-Pass");
  return given === undefined ? undefined : verifyPass(eventId, given, await findCaller(ctx));
}

function noSuchEvent(): EdgeProblem {
  return new EdgeProblem("not-found", "There is no such event.");
}

function toContext(ctx: Context<AppEnv>) {
  return {
    requestId: ctx.get("requestId"),
    waitUntil: (work: Promise<unknown>) => ctx.executionCtx.waitUntil(work),
  };
}
