import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../app-env.ts";
import type { Parts } from "../parts.ts";
import { EdgeProblem } from "../problem.ts";
import { type Caller, challenge } from "../verify-token.ts";

const bearer = /^Bearer +(\S+)$/i;

/** Prepares the question who calls; it is answered, once, when a route asks it. */
export function authenticate({ verifyToken }: Parts) {
  return createMiddleware<AppEnv>(async (ctx, next) => {
    let identified: Promise<Caller | undefined> | undefined;
    ctx.set("identify", () => {
      identified ??= readToken(ctx.req.header("Authorization"), verifyToken);
      return identified;
    });
    await next();
  });
}

/** For routes that are somebody's. */
export const requireCaller = createMiddleware<AppEnv>(async (ctx, next) => {
  await settleCaller(ctx, "This needs a signed-in user.");
  await next();
});

/** For `/admin`: also at the origin, so that neither side alone can open it. */
export const requireAdmin = createMiddleware<AppEnv>(async (ctx, next) => {
  const caller = await settleCaller(ctx, "This needs a signed-in administrator.");
  if (!caller.roles.includes("admin"))
    throw new EdgeProblem("forbidden", "This needs the role admin.");
  await next();
});

/** The caller of a public read, if a good token says so: a bad one, or an issuer that is gone, changes nothing there. */
export function findCaller(ctx: Context<AppEnv>): Promise<Caller | undefined> {
  return ctx
    .get("identify")()
    .catch(() => undefined);
}

async function settleCaller(ctx: Context<AppEnv>, detail: string): Promise<Caller> {
  const caller = await ctx.get("identify")();
  if (!caller) throw new EdgeProblem("unauthenticated", detail, {}, challenge());
  ctx.set("caller", caller);
  return caller;
}

async function readToken(
  authorization: string | undefined,
  verifyToken: Parts["verifyToken"],
): Promise<Caller | undefined> {
  if (authorization === undefined) return undefined;
  const token = bearer.exec(authorization)?.[1];
  if (token === undefined) {
    const detail = "Authorization must be a bearer token.";
    throw new EdgeProblem("unauthenticated", detail, {}, challenge());
  }
  return verifyToken(token);
}
