import { createMiddleware } from "hono/factory";
import type { PagesEnv } from "./context.ts";
import { sessionToken } from "./cookies.ts";
import { localPath } from "./locale.ts";

/** Reads the session, if any, for pages that greet somebody. Never on public pages: they are the same for everybody. */
export const readSession = createMiddleware<PagesEnv>(async (c, next) => {
  const token = sessionToken(c);
  c.set("session", token === undefined ? undefined : await c.get("deps").readSession(token));
  return next();
});

/** Sends whoever is not signed in to sign in and, after that, back: to this page, or where its form was. */
export const requireSession = createMiddleware<PagesEnv>(async (c, next) => {
  if (c.get("session")) return next();
  const { locale, path } = c.var;
  const back = c.req.method === "GET" ? path : pageOfForm(path);
  const target = encodeURIComponent(localPath(locale, back));
  return c.redirect(`${localPath(locale, "/auth/sign-in")}?next=${target}`, 303);
});

/** `/wait/1/join` is posted from `/wait/1`, `/hold/x/confirm` from `/hold/x`. */
function pageOfForm(path: string): string {
  return path.replace(/\/[^/]+$/, "") || "/";
}
