import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../app-env.ts";
import type { Parts } from "../parts.ts";
import { EdgeProblem } from "../problem.ts";
import { challenge } from "../verify-token.ts";

const bearer = /^Bearer +(\S+)$/i;

/** Settles who calls. Without a token the request goes on without a caller; a bad one is refused everywhere. */
export function authenticate({ verifyToken }: Parts) {
  return createMiddleware<AppEnv>(async (ctx, next) => {
    const authorization = ctx.req.header("Authorization");
    if (authorization !== undefined) {
      const token = bearer.exec(authorization)?.[1];
      if (token === undefined) {
        throw new EdgeProblem(
          "unauthenticated",
          "Authorization must be a bearer token.",
          {},
          challenge(),
        );
      }
      ctx.set("caller", await verifyToken(token));
    }
    await next();
  });
}

/** For routes that are somebody's. */
export const requireCaller = createMiddleware<AppEnv>(async (ctx, next) => {
  if (!ctx.get("caller")) {
    throw new EdgeProblem("unauthenticated", "This needs a signed-in user.", {}, challenge());
  }
  await next();
});

/** For `/admin`: also at the origin, so that neither side alone can open it. */
export const requireAdmin = createMiddleware<AppEnv>(async (ctx, next) => {
  const caller = ctx.get("caller");
  if (!caller) {
    throw new EdgeProblem(
      "unauthenticated",
      "This needs a signed-in administrator.",
      {},
      challenge(),
    );
  }
  if (!caller.roles.includes("admin"))
    throw new EdgeProblem("forbidden", "This needs the role admin.");
  await next();
});
