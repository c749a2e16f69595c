import type { Context, ErrorHandler } from "hono";
import type { AppEnv } from "../app-env.ts";
import { EdgeProblem, problemResponse } from "../problem.ts";

export const toProblemResponse: ErrorHandler<AppEnv> = (error, ctx) =>
  toProblemAnswer(error, ctx.req.path, ctx.get("requestId"));

/** The one place where what was thrown becomes an answer; what nobody foresaw is logged and not explained. */
export function toProblemAnswer(error: unknown, path: string, requestId: string): Response {
  if (error instanceof EdgeProblem) return problemResponse(error, requestId);
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  logFault({ requestId, path, name, message, stack });
  const unknown = new EdgeProblem(
    "internal-error",
    "Something broke on our side; it has been recorded.",
  );
  return problemResponse(unknown, requestId);
}

export function nothingHere(ctx: Context<AppEnv>): Response {
  return problemResponse(
    new EdgeProblem("not-found", "There is nothing at this address."),
    ctx.get("requestId"),
  );
}

/** @param allowed the methods that the path does have */
export function wrongMethod(ctx: Context<AppEnv>, allowed: readonly string[]): Response {
  const headers = { Allow: allowed.join(", ") };
  const problem = new EdgeProblem(
    "method-not-allowed",
    `Only ${allowed.join(", ")} here.`,
    {},
    headers,
  );
  return problemResponse(problem, ctx.get("requestId"));
}

/** Workers log by the console; one JSON object a line is what the log search understands. */
function logFault(fault: Record<string, unknown>): void {
  // oxlint-disable-next-line no-console
  console.error(JSON.stringify({ level: "error", ...fault }));
}
