import type { Context, ErrorHandler, NotFoundHandler } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Logger } from "pino";
import {
  problemContentType,
  problems,
  toProblem,
  type ProblemCode,
} from "../../contracts/problem.ts";
import type { AppEnv } from "../app-env.ts";
import { DomainError } from "../errors.ts";
import { isUnavailable } from "../unavailable.ts";

const retryAfterSecondsDefault = 2;

/** The one place where failures become answers. Refusals are quiet, dead parts are warned of, bugs are errors. */
export function toAnswer(logger: Logger): ErrorHandler<AppEnv> {
  return (error, ctx) => {
    const requestId = ctx.get("requestId");
    if (error instanceof DomainError) {
      if (problems[error.code][0] >= 500) logger.warn({ requestId, err: error }, "refused");
      return answer(ctx, error.code, error.message, error.extras, error.retryAfterSeconds);
    }
    if (isUnavailable(error)) {
      logger.warn({ requestId, err: error }, "a part is not available");
      return answer(ctx, "service-unavailable", "A part of the system does not answer. Try again.");
    }
    logger.error({ requestId, err: error }, "unexpected failure");
    return answer(ctx, "internal-error", `Tell us the request id ${requestId}.`);
  };
}

/** The answer for a path without a route. */
export const nothingHere: NotFoundHandler<AppEnv> = (ctx) =>
  answer(ctx, "not-found", "There is nothing at this address.");

/** The answer for a route that has other methods. */
export function wrongMethod(ctx: Context, methods: readonly string[]): Response {
  const allowed = methods.join(", ");
  const response = answer(ctx, "method-not-allowed", `Allowed here: ${allowed}.`);
  response.headers.set("Allow", allowed);
  return response;
}

function answer(
  ctx: Context<AppEnv>,
  code: ProblemCode,
  detail: string,
  extras: Readonly<Record<string, unknown>> = {},
  retryAfterSeconds?: number,
): Response {
  const problem = toProblem(code, detail, ctx.get("requestId"), extras);
  const response = ctx.body(JSON.stringify(problem), problem.status as ContentfulStatusCode, {
    "Content-Type": problemContentType,
  });
  if (problem.status === 503 || retryAfterSeconds !== undefined) {
    response.headers.set("Retry-After", String(retryAfterSeconds ?? retryAfterSecondsDefault));
  }
  return response;
}
