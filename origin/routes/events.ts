import { Hono, type Context } from "hono";
import { EventId } from "../../contracts/ids.ts";
import { SearchQuery } from "../../contracts/search.ts";
import type { AppEnv } from "../app-env.ts";
import { viewAvailability } from "../catalogue/availability.ts";
import { viewEvent, type EventRequest, type ViewDeps } from "../catalogue/event-view.ts";
import { searchEvents } from "../catalogue/search/search-events.ts";
import type { Deps } from "../deps.ts";
import { parseId, parseQuery } from "./parse.ts";

/** Seats change all the time: whoever caches these asks again after a second. */
const publicView = "public, max-age=1";

const publicSearch = "public, max-age=10";

/** What everybody may see of an event. */
export function eventRoutes(deps: ViewDeps & Pick<Deps, "now">): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get("/events/search", async (ctx) => {
      const result = await searchEvents(deps, parseQuery(ctx, SearchQuery));
      ctx.header("Cache-Control", publicSearch);
      return ctx.json(result);
    })
    .get("/events/:eventId", async (ctx) => {
      const result = await viewEvent(deps, toRequest(ctx), ctx.req.header("If-None-Match"));
      ctx.header("ETag", result.etag);
      if (result.isPublic) ctx.header("Cache-Control", publicView);
      if (result.status === "unchanged") return ctx.body(null, 304);
      return ctx.body(result.json, 200, { "Content-Type": "application/json" });
    })
    .get("/events/:eventId/availability", async (ctx) => {
      const { availability, isPublic } = await viewAvailability(deps, toRequest(ctx));
      if (isPublic) ctx.header("Cache-Control", publicView);
      return ctx.json(availability);
    });
}

/** Admission passes are not verified here yet: nobody has one, and queued events show no tickets. */
function toRequest(ctx: Context<AppEnv, "/events/:eventId">): EventRequest {
  return {
    eventId: parseId(EventId, ctx.req.param("eventId"), "event"),
    user: ctx.get("user"),
    hasPass: false,
  };
}
