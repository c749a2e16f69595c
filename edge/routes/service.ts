import { Hono } from "hono";
import type { AppEnv } from "../app-env.ts";
import { renderDocs } from "../docs/render-docs.ts";
import { openApiDocument } from "../docs/openapi.ts";
import type { Parts } from "../parts.ts";

/** The documentation loads nothing: no script, no font, no style from anywhere. */
const docsPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

export function serviceRoutes(parts: Parts): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get("/health", (ctx) => ctx.json({ status: "ok" }))
    .get("/ready", async (ctx) => {
      const [origin, typesense] = await Promise.all([
        isOriginReady(parts, ctx.get("requestId")),
        searchState(parts),
      ]);
      // Views and search outlive both, so the edge as such is ready; callers see what is wrong behind it.
      return ctx.json({
        status: origin === "up" ? "ready" : "degraded",
        parts: { origin, typesense },
      });
    })
    .get("/openapi.json", (ctx) => {
      ctx.header("Cache-Control", "public, max-age=300");
      return ctx.json(openApiDocument());
    })
    .get("/docs", (ctx) => {
      ctx.header("Cache-Control", "public, max-age=300");
      ctx.header("Content-Security-Policy", docsPolicy);
      return ctx.html(renderDocs(openApiDocument()));
    });
}

async function isOriginReady({ origin }: Parts, requestId: string): Promise<"up" | "down"> {
  try {
    const response = await origin({ method: "GET", path: "/ready", requestId, timeoutMs: 2_000 });
    await response.body?.cancel();
    return response.ok ? "up" : "down";
  } catch {
    return "down";
  }
}

async function searchState({ searchServer }: Parts): Promise<"up" | "down" | "absent"> {
  if (!searchServer) return "absent";
  return (await searchServer.isHealthy()) ? "up" : "down";
}
