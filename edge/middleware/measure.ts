import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import type { AppEnv } from "../app-env.ts";
import type { CacheResult } from "../cache/edge-cache.ts";
import type { Parts } from "../parts.ts";

/** How an answer came to be, from its own `Cache-Status`. */
export type Source = "memory" | "shared" | "stale" | "fetched" | "collapsed" | "none";

/**
 * One point a request: route, where the answer came from, status; how long it took. Hit ratios by layer, stale answers
 * and search latency are sums over these; what the edge itself asks of others has points of its own.
 */
export function measure({ figures, now }: Parts) {
  return createMiddleware<AppEnv>(async (ctx, next) => {
    const began = now();
    await next();
    figures.answered({
      method: ctx.req.method,
      route: routePath(ctx), // of the last one that was called: others may match as well
      source: sourceOf(ctx.res.headers.get("Cache-Status")),
      status: ctx.res.status,
      ms: now() - began,
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

/** The same of what a cache gave. */
export function sourceOfResult({ from, collapsed }: CacheResult): Source {
  if (from !== "source") return from;
  return collapsed ? "collapsed" : "fetched";
}
