import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../app-env.ts";
import { securityHeaders } from "../security-headers.ts";

/** Nothing may be kept by anybody unless its route says so, and no answer goes out without the security headers. */
export const defaultHeaders = createMiddleware<AppEnv>(async (ctx, next) => {
  await next();
  const { headers } = ctx.res;
  if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
  for (const [name, value] of Object.entries(securityHeaders)) {
    if (!headers.has(name)) headers.set(name, value);
  }
});
