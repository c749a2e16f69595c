import { type Context, Hono } from "hono";
import * as z from "zod";
import { EventId } from "../../contracts/ids.ts";
import { EndedPasses, endedPassesPath } from "../../contracts/queue-control.ts";
import { QueueSettings } from "../../contracts/queue.ts";
import { Timestamp } from "../../contracts/time.ts";
import type { AppEnv } from "../app-env.ts";
import type { Actor } from "../catalogue/admin/actor.ts";
import type { Deps } from "../deps.ts";
import { idempotent } from "../idempotency/idempotent.ts";
import { requireAdmin, requireUser } from "../middleware/authenticate.ts";
import { endPasses } from "../queue/ended-passes.ts";
import { governQueue, type QueueOrder } from "../queue/govern-queue.ts";
import { readFigures, readHistory } from "../queue/read-room.ts";
import { setQueue } from "../queue/set-queue.ts";
import { parseBody, parseId } from "./parse.ts";

const failOpenSecondsMax = 3600;
const FailOpen = z.strictObject({ seconds: z.int().min(1).max(failOpenSecondsMax) });
const Reset = z.strictObject({ opensAt: Timestamp });

/** Waiting rooms, as administrators govern them. */
export function queueRoutes(deps: Deps): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  // Nobody but the edge gets here: its signature was checked before.
  app.post(endedPassesPath, async (ctx) => {
    const { ended } = await parseBody(ctx, EndedPasses);
    await endPasses(deps.redis, ended, deps.now() / 1000);
    return ctx.body(null, 204);
  });
  const once = idempotent(deps);
  const govern = async (ctx: Context<AppEnv, "/:id">, order: QueueOrder) =>
    ctx.json(await governQueue(deps, actor(ctx), { id: idOf(ctx), order }));
  app.use("/admin/events/:id/queue", requireAdmin);
  app.use("/admin/events/:id/queue/*", requireAdmin);
  app
    .put("/admin/events/:id/queue", once, async (ctx) => {
      const settings = await parseBody(ctx, QueueSettings);
      const figures = await setQueue(deps, actor(ctx), { id: idOf(ctx), settings });
      return figures ? ctx.json(figures) : ctx.body(null, 204);
    })
    .get("/admin/events/:id/queue", async (ctx) => ctx.json(await readFigures(deps, idOf(ctx))))
    .get("/admin/events/:id/queue/history", async (ctx) =>
      ctx.json({ samples: await readHistory(deps, idOf(ctx)) }),
    )
    .post("/admin/events/:id/queue/pause", once, (ctx) => govern(ctx, { kind: "pause" }))
    .post("/admin/events/:id/queue/resume", once, (ctx) => govern(ctx, { kind: "resume" }))
    .post("/admin/events/:id/queue/open", once, (ctx) => govern(ctx, { kind: "open" }))
    .post("/admin/events/:id/queue/fail-open", once, async (ctx) =>
      govern(ctx, { kind: "fail-open", ...(await parseBody(ctx, FailOpen)) }),
    )
    .post("/admin/events/:id/queue/reset", once, async (ctx) =>
      govern(ctx, { kind: "reset", ...(await parseBody(ctx, Reset)) }),
    );
  return app;
}

function idOf(ctx: Context<AppEnv, "/:id">): string {
  return parseId(EventId, ctx.req.param("id"), "event");
}

function actor(ctx: Context<AppEnv>): Actor {
  return { userId: requireUser(ctx.get("user")).id, requestId: ctx.get("requestId") };
}
