import { Hono } from "hono";
import { csrf } from "hono/csrf";
import { HTTPException } from "hono/http-exception";
import { toProblem } from "../../contracts/problem.ts";
import type { PageContext, PagesEnv } from "./context.ts";
import { admissionOf } from "./cookies.ts";
import type { Outcome, PagesDeps } from "./deps.ts";
import { liveSeats } from "./live-seats.ts";
import { notFoundPage, problemPage } from "./errors.tsx";
import { eventPage, seatsPage } from "./event.tsx";
import { secureHeaders } from "./headers.ts";
import { holdPage, postConfirm, postExtend, postRelease } from "./hold.tsx";
import { homePage } from "./home.tsx";
import { locales, messagesFor, prefixOf, type Locale } from "./locale.ts";
import { postHold } from "./place-hold.tsx";
import { readSession, requireSession } from "./require-session.ts";
import { sectionPage } from "./section.tsx";
import { postSignOut, signInCallback, signInPage } from "./sign-in.tsx";
import { monthSitemap, robots, sitemap } from "./sitemap.ts";
import { eventCalendar, ticketPage, ticketsPage } from "./tickets.tsx";
import { postClaim, postJoin, postLeave, waitPage, waitPlace } from "./wait.tsx";
import { waitBasicPage } from "./wait-basic.tsx";

export interface PageRequest {
  readonly requestId: string;
  readonly deps: PagesDeps;
}

/**
 * All pages that people see, in every language.
 * @param open gives what a request needs from the rest of the system
 */
export function pageRoutes(open: (c: PageContext) => PageRequest): Hono<PagesEnv> {
  const app = new Hono<PagesEnv>({ strict: false });
  app.use(async (c, next) => {
    const { deps, requestId } = open(c);
    c.set("deps", deps);
    c.set("requestId", requestId);
    speak(c, "en", new URL(c.req.url).pathname);
    await next();
  });
  app.use(secureHeaders);
  app.get("/robots.txt", robots);
  app.get("/sitemap.xml", sitemap);
  app.get("/:file{sitemap-\\d{4}-\\d\\d\\.xml}", monthSitemap);
  app.get("/auth/callback", signInCallback);
  for (const locale of locales) app.route(prefixOf(locale) || "/", localised(locale));
  app.notFound((c) => notFoundPage(c));
  app.onError((error, c) => {
    // What hono's own middleware refuses: a form of another site.
    if (error instanceof HTTPException && error.status === 403) {
      return problemPage(c, toProblem("forbidden", "Not from this site.", c.get("requestId")));
    }
    c.get("deps").reportError(error, c.get("requestId"));
    return problemPage(c, toProblem("internal-error", "Something broke.", c.get("requestId")));
  });
  return app;
}

function localised(locale: Locale): Hono<PagesEnv> {
  const pages = new Hono<PagesEnv>({ strict: false });
  pages.use(async (c, next) => {
    speak(c, locale, new URL(c.req.url).pathname.slice(prefixOf(locale).length) || "/");
    await next();
  });
  pages.get("/", homePage);
  pages.get("/e/:id", eventPage);
  pages.get("/e/:id/calendar.ics", eventCalendar);
  pages.get("/e/:id/seats", readSession, seatsPage);
  pages.get("/e/:id/seats/plan", readSession, async (c) => {
    const id = c.req.param("id");
    return data(c.get("requestId"), await c.get("deps").loadPlan(id, admissionOf(c, id)));
  });
  pages.get("/e/:id/seats/availability", readSession, async (c) => {
    const id = c.req.param("id");
    return data(c.get("requestId"), await c.get("deps").loadAvailability(id, admissionOf(c, id)));
  });
  pages.get("/e/:id/seats/live", readSession, liveSeats);
  pages.get("/e/:id/s/:section", readSession, sectionPage);
  pages.get("/wait/:id", waitPage);
  pages.get("/wait/:id/place", waitPlace);
  pages.get("/wait/:id/basic", readSession, waitBasicPage);

  // From here on the cookie is the credential, so that forms of other sites have to be kept out.
  const personal = [csrf(), readSession] as const;
  pages.get("/auth/sign-in", signInPage);
  pages.post("/auth/sign-out", csrf(), postSignOut);
  pages.post("/e/:id/hold", ...personal, postHold);
  pages.post("/wait/:id/join", ...personal, requireSession, postJoin);
  pages.post("/wait/:id/claim", ...personal, requireSession, postClaim);
  pages.post("/wait/:id/leave", ...personal, requireSession, postLeave);
  pages.get("/hold/:booking", readSession, requireSession, holdPage);
  pages.post("/hold/:booking/confirm", ...personal, requireSession, postConfirm);
  pages.post("/hold/:booking/extend", ...personal, requireSession, postExtend);
  pages.post("/hold/:booking/release", ...personal, requireSession, postRelease);
  pages.get("/tickets", readSession, requireSession, ticketsPage);
  pages.get("/tickets/:booking", readSession, requireSession, ticketPage);
  return pages;
}

type AnyContext = Parameters<typeof eventPage>[0];

function speak(c: AnyContext, locale: Locale, path: string): void {
  c.set("locale", locale);
  c.set("m", messagesFor(locale));
  c.set("path", path);
}

/** What the map reads for an event behind a waiting room, where the pass is in a cookie. */
function data(requestId: string, outcome: Outcome<unknown>): Response {
  const headers = { "Cache-Control": "no-store" };
  if (outcome.ok) return Response.json(outcome.value, { headers });
  const { code, detail, status } = outcome.problem;
  return Response.json(toProblem(code, detail, requestId), {
    status,
    headers: { ...headers, "Content-Type": "application/problem+json" },
  });
}
