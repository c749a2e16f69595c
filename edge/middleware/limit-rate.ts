import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../app-env.ts";
import type { Env } from "../env.ts";
import type { Parts } from "../parts.ts";
import { EdgeProblem } from "../problem.ts";

type Limiters = Extract<keyof Env, `LIMIT_${string}`>;

/** The bindings count per minute. */
const retryAfterSeconds = "60";

/** Counts per user where there is a token, else per client address. */
export function limitRate({ env }: Parts, limiter: Limiters) {
  return createMiddleware<AppEnv>(async (ctx, next) => {
    if (env.RATE_LIMITS === "on") {
      const caller = ctx.get("caller");
      const key = caller
        ? `user:${caller.id}`
        : `address:${ctx.req.header("CF-Connecting-IP") ?? ""}`;
      const { success } = await env[limiter].limit({ key });
      if (!success) {
        const headers = { "Retry-After": retryAfterSeconds };
        throw new EdgeProblem(
          "rate-limited",
          "Too many requests; try again in a minute.",
          {},
          headers,
        );
      }
    }
    await next();
  });
}
