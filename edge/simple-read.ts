import { addressKey } from "./middleware/address-key.ts";
import { tooMany } from "./middleware/limit-rate.ts";
import { toProblemAnswer } from "./middleware/problems.ts";
import type { Parts } from "./parts.ts";
import { securityHeaders } from "./security-headers.ts";

export type Answer = Response | Promise<Response>;

/** A request for what everybody may see, as far as those ahead of the app need to know it: each look at it is a call into the runtime. */
export interface SimpleRead {
  readonly request: Request;
  readonly headers: Headers;
  readonly path: string;
  /** As it stands in the address, without its question mark. */
  readonly query: string;
}

/** Answers a request ahead of the app. @returns `undefined` for one that is the app's to answer */
export type AheadOfApp = (read: SimpleRead, ctx: ExecutionContext) => Answer | undefined;

/**
 * A request that may be answered ahead of the app. Other methods, other sites' pages and, where requests are counted,
 * those that are counted per user are the app's.
 * @returns `undefined` for those
 */
export function toSimpleRead({ env }: Parts, request: Request): SimpleRead | undefined {
  if (request.method !== "GET") return undefined;
  const { headers } = request;
  if (headers.has("Origin")) return undefined;
  if (env.RATE_LIMITS !== "off" && headers.has("Authorization")) return undefined;
  return { request, headers, ...splitAddress(request.url) };
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
  for (const [name, value] of Object.entries(securityHeaders)) response.headers.set(name, value);
  response.headers.set("X-Request-Id", requestId);
  return response;
}
