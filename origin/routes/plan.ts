import { Hono } from "hono";
import type { AppEnv } from "../app-env.ts";
import { findVisibleEvent } from "../catalogue/event-view.ts";
import { matches } from "../catalogue/etag.ts";
import { openSeatPlans } from "../catalogue/seat-plan.ts";
import type { Deps } from "../deps.ts";
import type { Gate } from "../queue/gate.ts";
import { toEventRequest } from "./event-request.ts";

/** What pages are made of: an event without its tickets, and its seats without their statuses. */
export function planRoutes(deps: Deps & { readonly gate: Gate }): Hono<AppEnv> {
  const readPlan = openSeatPlans(deps);
  return new Hono<AppEnv>()
    .get("/events/:eventId/facts", async (ctx) => {
      const { eventId, user } = await toEventRequest(deps.gate, ctx);
      const head = await findVisibleEvent(deps, eventId, user);
      if (head.event.status !== "draft") ctx.header("Cache-Control", "public, max-age=5");
      return ctx.json(head);
    })
    .get("/events/:eventId/plan", async (ctx) => {
      const plan = await readPlan(await toEventRequest(deps.gate, ctx));
      ctx.header("ETag", plan.etag);
      if (plan.isPublic) ctx.header("Cache-Control", "public, max-age=5");
      const wanted = ctx.req.header("If-None-Match");
      if (wanted !== undefined && matches(wanted, plan.etag)) return ctx.body(null, 304);
      return ctx.body(plan.json, 200, { "Content-Type": "application/json" });
    });
}
