import type { PageContext } from "./context.ts";
import { localPath } from "./locale.ts";

/**
 * Where somebody signs in, and comes back from.
 * @param next path and query of this site, with its language
 */
export function signInPath(c: PageContext, next: string): string {
  return `${localPath(c.get("locale"), "/auth/sign-in")}?next=${encodeURIComponent(next)}`;
}

/**
 * The same for somebody whose session ended in the middle of something: the page there says so, and that nothing is
 * lost, before it sends them on; the page that they come back to says that they are signed in again.
 */
export function signInAgainPath(c: PageContext): string {
  const next = new URL(pageAtHand(c), c.req.url);
  // What a payment page sent somebody back with tells more than that they have signed in.
  if (!next.searchParams.has("notice")) next.searchParams.set("notice", "signed-in");
  return `${signInPath(c, next.pathname + next.search)}&again=yes`;
}

/** The page that was asked for, with its query; for a form, the page that it stands on. */
export function pageAtHand(c: PageContext): string {
  const { locale, path } = c.var;
  if (c.req.method !== "GET") return localPath(locale, pageOfForm(path));
  return localPath(locale, path) + new URL(c.req.url).search;
}

/** `/wait/1/join` is posted from `/wait/1`, `/hold/x/confirm` from `/hold/x`. */
function pageOfForm(path: string): string {
  return path.replace(/\/[^/]+$/, "") || "/";
}
