import { addressKey } from "./middleware/address-key.ts";
import { securityHeaders } from "./middleware/default-headers.ts";
import { tooMany } from "./middleware/limit-rate.ts";
import { toProblemAnswer } from "./middleware/problems.ts";
import type { Parts } from "./parts.ts";

export type Answer = Response | Promise<Response>;

/** Answers a request, or has `otherwise` answer it. */
export type AheadOfApp = (
  request: Request,
  ctx: ExecutionContext,
  otherwise: () => Answer,
) => Answer;

/**
 * Whether a request may be answered ahead of the app: one for what everybody may see. Other methods, passes, other
 * sites' pages and, where requests are counted, those that are counted per user are the app's.
 */
export function isSimpleRead({ env }: Parts, { method, headers }: Request): boolean {
  if (method !== "GET" || headers.has("Admission-Pass") || headers.has("Origin")) return false;
  return env.RATE_LIMITS === "off" || !headers.has("Authorization");
}

/** Parsing the whole address as a `URL` costs as much as everything else here. */
export function splitAddress(url: string): { path: string; query: string } {
  const begin = url.indexOf("/", "https://".length);
  const mark = url.indexOf("?", begin);
  if (begin < 0) return { path: "/", query: "" };
  return mark < 0
    ? { path: url.slice(begin), query: "" }
    : { path: url.slice(begin, mark), query: url.slice(mark + 1) };
}

/** The headers that every answer has. */
export function ownHeaders(requestId: string): Record<string, string> {
  return { ...securityHeaders, "X-Request-Id": requestId };
}

/** Counts a request for its address. @throws `rate-limited` */
export async function countAddress(
  { env }: Parts,
  limiter: "LIMIT_READS" | "LIMIT_SEARCHES",
  headers: Headers,
): Promise<void> {
  const key = `address:${addressKey(headers.get("CF-Connecting-IP") ?? "")}`;
  const { success } = await env[limiter].limit({ key });
  if (!success) throw tooMany();
}

/** What the app would make of an error. */
export function problemAnswer(error: unknown, path: string, requestId: string): Response {
  const response = toProblemAnswer(error, path, requestId);
  for (const [name, value] of Object.entries(ownHeaders(requestId))) {
    response.headers.set(name, value);
  }
  return response;
}
