import { Hono, type Context } from "hono";
import { SearchQuery } from "../../contracts/search.ts";
import type { AppEnv } from "../app-env.ts";
import { viewAvailability } from "../catalogue/availability.ts";
import { matches } from "../catalogue/etag.ts";
import { viewEvent, type ViewDeps } from "../catalogue/event-view.ts";
import { type Encoding, KeptBodies } from "../catalogue/kept-bodies.ts";
import { searchEvents } from "../catalogue/search/search-events.ts";
import { takeTurns } from "../catalogue/search/take-turns.ts";
import type { Deps } from "../deps.ts";
import type { Gate } from "../queue/gate.ts";
import { toEventRequest } from "./event-request.ts";
import { parseQuery } from "./parse.ts";

/** Seats change all the time: whoever caches these asks again after a second. */
const publicView = "public, max-age=1";

const publicSearch = "public, max-age=10";

/**
 * Searches come here when the search server is dead: then all of them at once, and one for a single letter among 100,000
 * events takes a processor for a seventh of a second. The database is there for bookings first; who waits longer than this is not
 * answered in time anyway.
 */
const searchTurns = { most: 3, waitMsMax: 150 };

/** Below so many characters compressing is not worth its while. */
const compressedFrom = 1_000;

/** What everybody may see of an event. */
export function eventRoutes(
  deps: ViewDeps & Pick<Deps, "now"> & { readonly gate: Gate },
): Hono<AppEnv> {
  const bodies = new KeptBodies();
  const inTurn = takeTurns(searchTurns);
  return new Hono<AppEnv>()
    .get("/events/search", async (ctx) => {
      const query = parseQuery(ctx, SearchQuery);
      const result = await inTurn(() => searchEvents(deps, query));
      ctx.header("Cache-Control", publicSearch);
      return ctx.json(result);
    })
    .get("/events/:eventId", async (ctx) => {
      const request = await toEventRequest(deps.gate, ctx);
      const encoding = toEncoding(ctx.req.header("Accept-Encoding"));
      const key = `${request.eventId}:${request.hasPass}:${encoding}`;
      const wanted = ctx.req.header("If-None-Match");
      const result = await viewEvent(deps, request, { wanted, kept: bodies.etag(key) });
      ctx.header("ETag", result.etag);
      ctx.header("Vary", "Accept-Encoding");
      if (result.isPublic) ctx.header("Cache-Control", publicView);
      if (result.status === "unchanged") return ctx.body(null, 304);
      const kept = await bodies.get(key, result.etag);
      if (kept && encoding) return compressed(ctx, kept, encoding);
      // Another version may have come between the tag and its body.
      const view = result.status === "view" ? result : await viewEvent(deps, request);
      if (view.status !== "view") throw new Error("a view was asked for and not given");
      ctx.header("ETag", view.etag);
      if (!encoding || view.json.length < compressedFrom) return plain(ctx, view.json);
      return compressed(ctx, await bodies.put(key, view.etag, encoding, view.json), encoding);
    })
    .get("/events/:eventId/availability", async (ctx) => {
      const { availability, etag, isPublic } = await viewAvailability(
        deps,
        await toEventRequest(deps.gate, ctx),
      );
      ctx.header("ETag", etag);
      if (isPublic) ctx.header("Cache-Control", publicView);
      const wanted = ctx.req.header("If-None-Match");
      if (wanted !== undefined && matches(wanted, etag)) return ctx.body(null, 304);
      return ctx.json(availability);
    });
}

function plain(ctx: Context<AppEnv>, json: string): Response {
  return ctx.body(json, 200, { "Content-Type": "application/json" });
}

function compressed(ctx: Context<AppEnv>, body: Buffer, encoding: Encoding): Response {
  const headers = { "Content-Type": "application/json", "Content-Encoding": encoding };
  return ctx.body(new Uint8Array(body), 200, headers);
}

/** Only the edge asks here, and names what it takes without any weights. */
function toEncoding(header = ""): Encoding | undefined {
  const named = header.split(",").map((name) => name.trim());
  return (["br", "gzip"] as const).find((encoding) => named.includes(encoding));
}
