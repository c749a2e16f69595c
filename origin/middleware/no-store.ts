import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../app-env.ts";

/** Nothing is cacheable unless its route says so. */
export const noStore = createMiddleware<AppEnv>(async (ctx, next) => {
  await next();
  if (!ctx.res.headers.has("Cache-Control")) ctx.res.headers.set("Cache-Control", "no-store");
});
