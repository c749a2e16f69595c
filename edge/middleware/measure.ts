import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import type { AppEnv } from "../app-env.ts";
import type { Parts } from "../parts.ts";

/** How an answer came to be, from its own `Cache-Status`. */
export type Source = "memory" | "shared" | "stale" | "fetched" | "collapsed" | "none";

/**
 * One point a request: route, where the answer came from, status; how long it took. Hit ratios by layer, fetches from
 * the origin, stale answers and search latency are all sums over these.
 */
export function measure({ env, now }: Parts) {
  return createMiddleware<AppEnv>(async (ctx, next) => {
    const began = now();
    await next();
    const source = sourceOf(ctx.res.headers.get("Cache-Status"));
    const route = routePath(ctx, -1);
    env.METRICS?.writeDataPoint({
      indexes: [route],
      blobs: [ctx.req.method, route, source, String(ctx.res.status)],
      doubles: [now() - began],
    });
  });
}

/** @param cacheStatus as this edge writes it */
export function sourceOf(cacheStatus: string | null): Source {
  if (cacheStatus === null) return "none";
  const detail = /detail=(memory|shared|stale)/.exec(cacheStatus)?.[1];
  if (detail === "memory" || detail === "shared" || detail === "stale") return detail;
  return cacheStatus.includes("collapsed") ? "collapsed" : "fetched";
}
