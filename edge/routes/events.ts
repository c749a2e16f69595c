import { type Context, Hono } from "hono";
import { EventId } from "../../contracts/ids.ts";
import { invalidFields } from "../../contracts/problem.ts";
import { SearchQuery } from "../../contracts/search.ts";
import type { AppEnv } from "../app-env.ts";
import type { CacheResult } from "../cache/edge-cache.ts";
import { respond } from "../cache/respond.ts";
import { type EventPart, loadEventPart } from "../events/load-event-part.ts";
import { limitRate } from "../middleware/limit-rate.ts";
import type { Parts } from "../parts.ts";
import { EdgeProblem } from "../problem.ts";
import { normaliseSearch } from "../search/normalise.ts";
import { searchEvents } from "../search/search-events.ts";
import { forwardToOrigin } from "./forward.ts";

/** What everybody may see: cached, the same for all. */
export function eventRoutes(parts: Parts): Hono<AppEnv> {
  const reads = limitRate(parts, "LIMIT_READS");
  const searches = limitRate(parts, "LIMIT_SEARCHES");
  return new Hono<AppEnv>()
    .get("/events/search", searches, async (ctx) => {
      const query = SearchQuery.safeParse(ctx.req.query());
      if (!query.success) {
        const errors = invalidFields(query.error);
        throw new EdgeProblem("validation-failed", "The query has a parameter that is not valid.", {
          errors,
        });
      }
      const result = await searchEvents(parts, normaliseSearch(query.data), toContext(ctx));
      return respond(ctx.req.raw, result, 10);
    })
    .get("/events/:eventId", reads, (ctx) => answerPart(parts, ctx, "view"))
    .get("/events/:eventId/availability", reads, (ctx) => answerPart(parts, ctx, "availability"))
    .get("/events/:eventId/facts", reads, (ctx) => answerPart(parts, ctx, "facts"))
    .get("/events/:eventId/plan", reads, (ctx) => answerPart(parts, ctx, "plan"));
}

/** With a pass the answer is for its holder alone: it comes from the origin and is never kept. */
async function answerPart(
  parts: Parts,
  ctx: Context<AppEnv, "/events/:eventId">,
  part: EventPart,
): Promise<Response> {
  const eventId = EventId.safeParse(ctx.req.param("eventId"));
  if (!eventId.success) throw noSuchEvent();
  if (ctx.req.header("Admission-Pass")) return forwardToOrigin(parts, ctx, "read");
  const result = await loadEventPart(parts, eventId.data, part, toContext(ctx));
  return result.answer.status === 404 ? rejectAbsent() : respondOrRefuse(ctx, result);
}

function respondOrRefuse(ctx: Context<AppEnv>, result: CacheResult): Promise<Response> {
  return respond(ctx.req.raw, result, 1);
}

function rejectAbsent(): never {
  throw noSuchEvent();
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
