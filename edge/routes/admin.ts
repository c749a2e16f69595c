import { Hono } from "hono";
import type { AppEnv } from "../app-env.ts";
import { requireAdmin } from "../middleware/authenticate.ts";
import type { Parts } from "../parts.ts";
import { forwardToOrigin } from "./forward.ts";

/** The origin owns and audits these; the edge lets only administrators through. */
export function adminRoutes(parts: Parts): Hono<AppEnv> {
  return new Hono<AppEnv>().all("/admin/*", requireAdmin, (ctx) =>
    forwardToOrigin(parts, ctx, "admin"),
  );
}
