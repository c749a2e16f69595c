import { Hono } from "hono";
import type { AppEnv } from "../app-env.ts";
import { requireAdmin } from "../middleware/authenticate.ts";
import { limitRate } from "../middleware/limit-rate.ts";
import type { Parts } from "../parts.ts";
import { forwardToOrigin } from "./forward.ts";

/** The origin owns and audits these; the edge lets only administrators through. */
export function adminRoutes(parts: Parts): Hono<AppEnv> {
  return new Hono<AppEnv>().all("/admin/*", requireAdmin, limitRate(parts, "LIMIT_ADMIN"), (ctx) =>
    forwardToOrigin(parts, ctx, "admin"),
  );
}
