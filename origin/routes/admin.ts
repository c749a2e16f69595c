import { Hono, type Context } from "hono";
import type * as z from "zod";
import {
  EventInput,
  EventPatch,
  PerformerInput,
  PerformerPatch,
  TicketsInput,
  VenueInput,
  VenuePatch,
} from "../../contracts/admin.ts";
import { PageQuery } from "../../contracts/bookings.ts";
import { EventId, PerformerId, VenueId } from "../../contracts/ids.ts";
import { SeatingPlan, SeatingPlanQuery } from "../../contracts/seating-plan.ts";
import type { AppEnv } from "../app-env.ts";
import type { Actor } from "../catalogue/admin/actor.ts";
import { addTickets } from "../catalogue/admin/add-tickets.ts";
import { cancelEvent } from "../catalogue/admin/cancel-event.ts";
import { createEvent } from "../catalogue/admin/create-event.ts";
import { createPerformer } from "../catalogue/admin/create-performer.ts";
import { createVenue } from "../catalogue/admin/create-venue.ts";
import { listAudit } from "../catalogue/admin/list-audit.ts";
import type { Written } from "../catalogue/admin/revision.ts";
import { updateEvent } from "../catalogue/admin/update-event.ts";
import { updatePerformer } from "../catalogue/admin/update-performer.ts";
import { updateVenue } from "../catalogue/admin/update-venue.ts";
import { importPlan } from "../catalogue/venue-plan/import-plan.ts";
import type { Deps } from "../deps.ts";
import { idempotent } from "../idempotency/idempotent.ts";
import { requireAdmin, requireUser } from "../middleware/authenticate.ts";
import { parseBody, parseId, parseQuery } from "./parse.ts";

/** What administrators write, and what was written. */
export function adminRoutes(deps: Deps): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.use("/admin/*", requireAdmin);
  const once = idempotent(deps);
  app
    .post("/admin/venues", once, async (ctx) =>
      created(ctx, await createVenue(deps, actor(ctx), await parseBody(ctx, VenueInput))),
    )
    .patch("/admin/venues/:id", once, async (ctx) =>
      written(
        ctx,
        await updateVenue(deps, actor(ctx), await change(ctx, VenueId, VenuePatch, "venue")),
      ),
    )
    .put("/admin/venues/:id/plan", once, async (ctx) => {
      const id = parseId(VenueId, ctx.req.param("id"), "venue");
      const { dryRun } = parseQuery(ctx, SeatingPlanQuery);
      const plan = await parseBody(ctx, SeatingPlan);
      return ctx.json(await importPlan(deps, actor(ctx), { id, plan, dryRun }));
    })
    .post("/admin/performers", once, async (ctx) =>
      created(ctx, await createPerformer(deps, actor(ctx), await parseBody(ctx, PerformerInput))),
    )
    .patch("/admin/performers/:id", once, async (ctx) =>
      written(
        ctx,
        await updatePerformer(
          deps,
          actor(ctx),
          await change(ctx, PerformerId, PerformerPatch, "performer"),
        ),
      ),
    )
    .post("/admin/events", once, async (ctx) => {
      const event = await createEvent(deps, actor(ctx), await parseBody(ctx, EventInput));
      ctx.header("Location", `/events/${event.value.id}`);
      return created(ctx, event);
    })
    .patch("/admin/events/:id", once, async (ctx) =>
      written(
        ctx,
        await updateEvent(deps, actor(ctx), await change(ctx, EventId, EventPatch, "event")),
      ),
    )
    .post("/admin/events/:id/tickets", once, async (ctx) => {
      const id = parseId(EventId, ctx.req.param("id"), "event");
      const input = await parseBody(ctx, TicketsInput);
      const added = await addTickets(deps, actor(ctx), { id, input });
      ctx.header("ETag", `"${added.version}"`);
      return ctx.json(added, 201);
    })
    .post("/admin/events/:id/cancel", once, async (ctx) => {
      const id = parseId(EventId, ctx.req.param("id"), "event");
      return written(ctx, await cancelEvent(deps, actor(ctx), { id }));
    })
    .get("/admin/audit", async (ctx) =>
      ctx.json(await listAudit(deps, parseQuery(ctx, PageQuery))),
    );
  return app;
}

function actor(ctx: Context<AppEnv>): Actor {
  return { userId: requireUser(ctx.get("user")).id, requestId: ctx.get("requestId") };
}

/** Path, body and `If-Match` of a `PATCH`. */
async function change<Patch extends z.ZodType>(
  ctx: Context<AppEnv, "/:id">,
  Id: z.ZodType<string>,
  schema: Patch,
  what: string,
): Promise<{ id: string; patch: z.output<Patch>; ifMatch: string | undefined }> {
  const id = parseId(Id, ctx.req.param("id"), what);
  return { id, patch: await parseBody(ctx, schema), ifMatch: ctx.req.header("If-Match") };
}

function created<T extends object>(ctx: Context<AppEnv>, { value, etag }: Written<T>): Response {
  return ctx.body(JSON.stringify(value), 201, { "Content-Type": "application/json", ETag: etag });
}

function written<T extends object>(ctx: Context<AppEnv>, { value, etag }: Written<T>): Response {
  return ctx.body(JSON.stringify(value), 200, { "Content-Type": "application/json", ETag: etag });
}
