import * as z from "zod";
import type { PageContext } from "./context.ts";
import { clearAll, setSession, setSignIn, takeSignIn } from "./cookies.ts";
import { problemPage } from "./errors.tsx";
import { respond } from "./layout.tsx";
import { localPath } from "./locale.ts";

/** What is kept while somebody is at the issuer. */
const Kept = z.object({
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  next: z.string(),
});

/**
 * `/auth/sign-in?next=`: on to the issuer. A page and not a redirect, since browsers hold `form-action` against the
 * redirects after a form, too. `again`: whoever was in the middle of something reads first why they are here.
 */
export async function signInPage(c: PageContext): Promise<Response> {
  const { deps, m, locale } = c.var;
  const begun = await deps.signIn.begin();
  if (!begun.ok) return problemPage(c, begun.problem);
  const { url, attempt } = begun.value;
  const next = localTarget(c.req.query("next"), c) ?? localPath(locale, "/");
  setSignIn(c, attempt.state, JSON.stringify({ ...attempt, next }));
  const isAgain = c.req.query("again") !== undefined;
  if (!isAgain) c.header("Refresh", `0; url=${url}`);
  const title = isAgain ? m.signIn.ended : m.signIn.title;
  return respond(c, {
    title,
    body: (
      <section class="narrow">
        <h1>{title}</h1>
        <p class="lead" role={isAgain ? "alert" : undefined}>
          {isAgain ? m.signIn.endedHint : m.signIn.lead}
        </p>
        <a class="button primary big" href={url}>
          {m.signIn.title}
        </a>
      </section>
    ),
  });
}

/** `/auth/callback`: back from the issuer, and on to where somebody was. */
export async function signInCallback(c: PageContext): Promise<Response> {
  const { deps, m, locale } = c.var;
  const callback = new URL(c.req.url);
  const kept = readKept(takeSignIn(c, callback.searchParams.get("state") ?? ""));
  const finished = kept && (await deps.signIn.finish(callback, kept));
  if (finished && !finished.ok && finished.problem.code !== "unauthenticated") {
    return problemPage(c, finished.problem);
  }
  if (!kept || !finished?.ok) {
    const again = localPath(locale, "/auth/sign-in");
    return respond(c, {
      title: m.signIn.title,
      status: 401,
      body: (
        <section class="narrow">
          <h1>{m.signIn.title}</h1>
          <p class="lead" role="alert">
            {m.signIn.failed}
          </p>
          <a
            class="button primary"
            href={kept ? `${again}?next=${encodeURIComponent(kept.next)}` : again}
          >
            {m.signIn.title}
          </a>
        </section>
      ),
    });
  }
  const { token, expiresAt } = finished.value;
  setSession(c, token, (expiresAt - deps.now()) / 1000);
  return c.redirect(kept.next, 303);
}

/** `POST /auth/sign-out`: nothing of somebody stays behind, not even the tickets kept for when there is no network. */
export function postSignOut(c: PageContext): Response {
  clearAll(c);
  c.header("Clear-Site-Data", '"cache", "storage"');
  return c.redirect(localPath(c.get("locale"), "/"), 303);
}

/** A path of this site, and of no other: `//elsewhere` and `/\elsewhere` are other sites. */
function localTarget(next: string | undefined, c: PageContext): string | undefined {
  if (next === undefined || !next.startsWith("/")) return undefined;
  const base = new URL(c.req.url).origin;
  const url = URL.canParse(next, base) ? new URL(next, base) : undefined;
  if (url?.origin !== base || url.pathname.startsWith("//")) return undefined;
  return url.pathname + url.search;
}

function readKept(value: string | undefined): z.infer<typeof Kept> | undefined {
  if (value === undefined) return undefined;
  try {
    return Kept.parse(JSON.parse(value));
  } catch {
    return undefined;
  }
}
