import type { Problem } from "../../contracts/problem.ts";
import type { PageContext } from "./context.ts";
import { respond, type Page } from "./layout.tsx";
import { localPath } from "./locale.ts";
import { signInAgainPath } from "./sign-in-path.ts";

/** Where somebody was, by a path without its language. */
export interface WayBack {
  readonly path: string;
  readonly label: string;
}

/**
 * Says what did not work, in the reader's language and without blame, and where to go from here.
 * @param back where a form was sent from; who only wanted to read a page is offered to try again where that may help
 */
export async function problemPage(
  c: PageContext,
  problem: Problem,
  back?: WayBack,
): Promise<Response> {
  if (problem.code === "not-found") return notFoundPage(c);
  // The session ended between our look at it and the API's.
  if (problem.code === "unauthenticated") return c.redirect(signInAgainPath(c), 303);
  const { m, locale } = c.var;
  if (problem.code === "service-unavailable" || problem.code === "rate-limited") {
    c.header("Retry-After", "5");
  }
  const way = back ?? tryAgain(c, problem);
  return respond(c, {
    title: m.error.title,
    status: statusOf(problem),
    body: (
      <section class="narrow">
        <h1>{m.error.title}</h1>
        <p class="lead" role="alert">
          {m.problems[problem.code]}
        </p>
        <div class="actions">
          {way === undefined ? (
            ""
          ) : (
            <a class="button primary" href={localPath(locale, way.path)}>
              {way.label}
            </a>
          )}
          <a class="button" href={localPath(locale, "/")}>
            {m.error.home}
          </a>
        </div>
        <p class="small">{m.error.id(c.get("requestId"))}</p>
      </section>
    ),
  });
}

/** The same page once more, where the next try may go better. */
function tryAgain(c: PageContext, { status }: Problem): WayBack | undefined {
  if (c.req.method !== "GET" || (status < 500 && status !== 429)) return undefined;
  return { path: c.get("path") + new URL(c.req.url).search, label: c.get("m").error.again };
}

export function notFoundPage(c: PageContext): Promise<Response> {
  const { m, locale } = c.var;
  return respond(c, {
    title: m.error.notFound,
    status: 404,
    body: (
      <section class="narrow">
        <h1>{m.error.notFound}</h1>
        <p class="lead">{m.error.notFoundHint}</p>
        <p>
          <a class="button" href={localPath(locale, "/")}>
            {m.error.home}
          </a>
        </p>
      </section>
    ),
  });
}

/** Statuses that pages answer; whatever else a problem says is our fault. */
const answered = [400, 401, 402, 403, 404, 405, 409, 410, 412, 413, 422, 429, 503] as const;

function statusOf(problem: Problem): NonNullable<Page["status"]> {
  return answered.find((status) => status === problem.status) ?? 500;
}
