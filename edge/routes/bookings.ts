import { Hono } from "hono";
import type { AppEnv } from "../app-env.ts";
import { requireCaller } from "../middleware/authenticate.ts";
import { requireAdmission } from "../middleware/require-admission.ts";
import { limitRate } from "../middleware/limit-rate.ts";
import type { Parts } from "../parts.ts";
import { forwardToOrigin } from "./forward.ts";

/** Bookings are decided by the origin: the edge only settles who asks, and how often. */
export function bookingRoutes(parts: Parts): Hono<AppEnv> {
  const reads = limitRate(parts, "LIMIT_READS");
  const writes = limitRate(parts, "LIMIT_WRITES");
  return new Hono<AppEnv>()
    .get("/me", requireCaller, reads, (ctx) => {
      const { id, roles } = ctx.get("caller") ?? { id: "", roles: [] };
      return ctx.json({ id, roles });
    })
    .get("/bookings", requireCaller, reads, (ctx) => forwardToOrigin(parts, ctx, "read"))
    .get("/bookings/:bookingId", requireCaller, reads, (ctx) => forwardToOrigin(parts, ctx, "read"))
    .get("/bookings/:bookingId/codes", requireCaller, reads, (ctx) =>
      forwardToOrigin(parts, ctx, "read"),
    )
    .get("/bookings/:bookingId/history", requireCaller, reads, (ctx) =>
      forwardToOrigin(parts, ctx, "read"),
    )
    .post("/bookings/:eventId", requireCaller, writes, requireAdmission(parts), (ctx) =>
      forwardToOrigin(parts, ctx, "write"),
    )
    .post("/bookings/:bookingId/confirm", requireCaller, writes, (ctx) =>
      forwardToOrigin(parts, ctx, "write"),
    )
    .post("/bookings/:bookingId/extend", requireCaller, writes, (ctx) =>
      forwardToOrigin(parts, ctx, "write"),
    )
    .delete("/bookings/:bookingId", requireCaller, writes, (ctx) =>
      forwardToOrigin(parts, ctx, "write"),
    );
}
