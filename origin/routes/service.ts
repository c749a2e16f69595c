import { Hono } from "hono";
import type { AppEnv } from "../app-env.ts";
import type { Deps } from "../deps.ts";
import { checkReadiness } from "../readiness.ts";

/** `GET /health`: the process lives. `GET /ready`: what it needs, each with its state. The only unsigned routes. */
export function serviceRoutes(deps: Deps): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get("/health", (ctx) => ctx.json({ status: "ok" }))
    .get("/ready", async (ctx) => {
      const ready = await checkReadiness(deps);
      const isServing = ready.status === "ready" || ready.status === "degraded";
      return ctx.json(ready, isServing ? 200 : 503, isServing ? {} : { "Retry-After": "2" });
    });
}
