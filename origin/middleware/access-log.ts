import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import type { Logger } from "pino";
import type { AppEnv } from "../app-env.ts";

/** One line a request. The route's pattern, not the path: ids of bookings are nobody's business. */
export function accessLog(logger: Logger) {
  return createMiddleware<AppEnv>(async (ctx, next) => {
    const begin = performance.now();
    await next();
    logger.info(
      {
        requestId: ctx.get("requestId"),
        method: ctx.req.method,
        route: routePath(ctx, -1),
        status: ctx.res.status,
        ms: Math.round((performance.now() - begin) * 10) / 10,
      },
      "request",
    );
  });
}
