import { problemContentType, problems, type ProblemCode, toProblem } from "../contracts/problem.ts";

/** Thrown anywhere in a request; one handler turns it into a problem. */
export class EdgeProblem extends Error {
  readonly code: ProblemCode;
  readonly extras: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ProblemCode,
    detail: string,
    extras: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.name = "EdgeProblem";
    this.code = code;
    this.extras = extras;
    this.headers = headers;
  }
}

/** A part behind the edge does not answer. @param retryAfterSeconds whole seconds */
export function unavailable(detail: string, retryAfterSeconds = 2): EdgeProblem {
  return new EdgeProblem(
    "service-unavailable",
    detail,
    {},
    { "Retry-After": String(retryAfterSeconds) },
  );
}

/** The answer for a problem: never cacheable, whatever route it comes from. */
export function problemResponse(problem: EdgeProblem, requestId: string): Response {
  const body = toProblem(problem.code, problem.message, requestId, problem.extras);
  return new Response(JSON.stringify(body), {
    status: problems[problem.code][0],
    headers: {
      ...problem.headers,
      "Content-Type": problemContentType,
      "Cache-Control": "no-store",
    },
  });
}
