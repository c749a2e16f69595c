import { createMiddleware } from "hono/factory";
import type { PagesEnv } from "./context.ts";
import { sessionToken } from "./cookies.ts";
import { pageAtHand, signInAgainPath, signInPath } from "./sign-in-path.ts";

/** Reads the session, if any, for pages that greet somebody. Never on public pages: they are the same for everybody. */
export const readSession = createMiddleware<PagesEnv>(async (c, next) => {
  const token = sessionToken(c);
  c.set("session", token === undefined ? undefined : await c.get("deps").readSession(token));
  return next();
});

/**
 * Sends whoever is not signed in to sign in and, after that, back: to this page, or where its form was. Nobody sees a
 * hold without having been signed in, so there it is told that the session has ended.
 */
export const requireSession = createMiddleware<PagesEnv>(async (c, next) => {
  if (c.get("session")) return next();
  const hadSession = c.get("path").startsWith("/hold/");
  return c.redirect(hadSession ? signInAgainPath(c) : signInPath(c, pageAtHand(c)), 303);
});
