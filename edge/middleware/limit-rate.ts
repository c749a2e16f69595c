import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../app-env.ts";
import type { Env } from "../env.ts";
import type { Parts } from "../parts.ts";
import { EdgeProblem } from "../problem.ts";
import { within } from "../within.ts";
import { addressKey } from "./address-key.ts";
import { findCaller } from "./authenticate.ts";

type Limiters = Extract<keyof Env, `LIMIT_${string}`>;

/** The bindings count per minute. */
const retryAfterSeconds = "60";

/** A public read waits no longer than this to learn whose it is. */
const identifyMsMax = 50;

/** Counts per user where there is a good token, else per client address. */
export function limitRate({ env }: Parts, limiter: Limiters) {
  return createMiddleware<AppEnv>(async (ctx, next) => {
    if (env.RATE_LIMITS === "on") {
      const { success } = await env[limiter].limit({ key: await keyOf(ctx) });
      if (!success) throw tooMany();
    }
    await next();
  });
}

export function tooMany(): EdgeProblem {
  const detail = "Too many requests; try again in a minute.";
  return new EdgeProblem("rate-limited", detail, {}, { "Retry-After": retryAfterSeconds });
}

async function keyOf(ctx: Context<AppEnv>): Promise<string> {
  const caller = ctx.get("caller") ?? (await within(findCaller(ctx), identifyMsMax));
  return caller && caller !== "late"
    ? `user:${caller.id}`
    : `address:${addressKey(ctx.req.header("CF-Connecting-IP") ?? "")}`;
}
