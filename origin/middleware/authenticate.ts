import { createMiddleware } from "hono/factory";
import { edgeHeaders } from "../../contracts/edge-signature.ts";
import type { AppEnv, User } from "../app-env.ts";
import type { Deps } from "../deps.ts";
import { DomainError } from "../errors.ts";

const bearer = /^Bearer +([^\s]+)$/i;

/**
 * Verifies the token a second time: the edge's word for who somebody is must agree with it. A request without a
 * token goes on without a user.
 */
export function authenticate({ verifyToken, now }: Deps) {
  return createMiddleware<AppEnv>(async (ctx, next) => {
    const authorization = ctx.req.header("Authorization");
    const named = ctx.req.header(edgeHeaders.user) ?? "";
    const token = bearer.exec(authorization ?? "")?.[1];
    const user = token === undefined ? undefined : await verifyToken(token, now());
    if ((authorization !== undefined && !user) || (user?.id ?? "") !== named) {
      throw new DomainError("unauthenticated", "The token is not that of the signed-in user.");
    }
    ctx.set("user", user);
    await next();
  });
}

/**
 * The user of a route that needs one.
 * @throws DomainError `unauthenticated`
 */
export function requireUser(user: User | undefined): User {
  if (!user) throw new DomainError("unauthenticated", "This needs a signed-in user.");
  return user;
}

/** Lets only administrators pass. */
export const requireAdmin = createMiddleware<AppEnv>(async (ctx, next) => {
  const { roles } = requireUser(ctx.get("user"));
  if (!roles.includes("admin")) {
    throw new DomainError("forbidden", "This needs the role admin.");
  }
  await next();
});
