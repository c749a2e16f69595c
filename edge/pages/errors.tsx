import type { Problem } from "../../contracts/problem.ts";
import type { PageContext } from "./context.ts";
import { respond, type Page } from "./layout.tsx";
import { localPath } from "./locale.ts";
import { signInAgainPath } from "./sign-in-path.ts";

/** Says what did not work, in the reader's language and without blame, and where to go from here. */
export async function problemPage(c: PageContext, problem: Problem): Promise<Response> {
  if (problem.code === "not-found") return notFoundPage(c);
  // The session ended between our look at it and the API's.
  if (problem.code === "unauthenticated") return c.redirect(signInAgainPath(c), 303);
  const { m, locale } = c.var;
  if (problem.code === "service-unavailable" || problem.code === "rate-limited") {
    c.header("Retry-After", "5");
  }
  return respond(c, {
    title: m.error.title,
    status: statusOf(problem),
    body: (
      <section class="narrow">
        <h1>{m.error.title}</h1>
        <p class="lead" role="alert">
          {m.problems[problem.code]}
        </p>
        <p>
          <a class="button" href={localPath(locale, "/")}>
            {m.error.home}
          </a>
        </p>
        <p class="small">{m.error.id(c.get("requestId"))}</p>
      </section>
    ),
  });
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
