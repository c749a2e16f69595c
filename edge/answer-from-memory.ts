import { securityHeaders } from "./middleware/default-headers.ts";
import { addressKey } from "./middleware/address-key.ts";
import { requestIdOf } from "./middleware/request-id.ts";
import { acceptEncoding, takes } from "./cache/accepts.ts";
import type { CacheResult } from "./cache/edge-cache.ts";
import { respondPacked } from "./cache/respond.ts";
import { eventKey, type EventPart } from "./events/ask-origin.ts";
import { partLifetimes } from "./events/load-event-part.ts";
import type { Parts } from "./parts.ts";
import { searchLifetimes } from "./search/search-events.ts";

/** Of an event what everybody may see; ids as the contract has them. */
const eventPath = /^\/events\/([1-9]\d{0,17})(?:\/(availability|facts|plan))?$/;
const searchPath = "/events/search";

interface Known {
  readonly route: string;
  readonly limiter: "LIMIT_READS" | "LIMIT_SEARCHES";
  readonly result: CacheResult;
}

type Answer = Response | Promise<Response>;

/**
 * Most reads want what many want, and it is in memory: they are answered here, ahead of the app, by the same pure
 * functions and with the same headers, in a third of the time. Whatever is not that simple is the app's: other methods,
 * other sites' pages, passes, refusals, stale copies, unusual codings, a user's own count of requests.
 * @returns a function that answers, or has `otherwise` answer
 */
export function answerFromMemory(parts: Parts) {
  const { env, figures } = parts;
  return (request: Request, ctx: ExecutionContext, otherwise: () => Answer): Answer => {
    const { headers } = request;
    if (request.method !== "GET" || headers.has("Admission-Pass") || headers.has("Origin")) {
      return otherwise();
    }
    const known = findKnown(parts, request, ctx);
    if (known?.result.from !== "memory" || known.result.answer.status !== 200) return otherwise();
    const { route, limiter, result } = known;
    const answer = () => {
      const own = { ...securityHeaders, "X-Request-Id": requestIdOf(headers) };
      const response = respondPacked(request, result, "public", own);
      if (!response) return otherwise();
      figures.answered({
        method: "GET",
        route,
        source: "memory",
        status: response.status,
        ms: 0,
      });
      return response;
    };
    if (env.RATE_LIMITS === "off") return answer();
    if (headers.has("Authorization")) return otherwise();
    const key = `address:${addressKey(headers.get("CF-Connecting-IP") ?? "")}`;
    return env[limiter].limit({ key }).then(({ success }) => (success ? answer() : otherwise()));
  };
}

function findKnown(
  { cache, searchKeys }: Parts,
  request: Request,
  ctx: ExecutionContext,
): Known | undefined {
  const { path, query } = split(request.url);
  const waitUntil = (work: Promise<unknown>) => ctx.waitUntil(work);
  if (path === searchPath) {
    const key = searchKeys.get(query);
    const result = key && cache.peek({ key, lifetimes: searchLifetimes, waitUntil });
    return result ? { route: searchPath, limiter: "LIMIT_SEARCHES", result } : undefined;
  }
  const [, eventId, name] = eventPath.exec(path) ?? [];
  if (eventId === undefined) return undefined;
  const part = (name ?? "view") as EventPart; // the pattern names no others
  const encoding = takes(acceptEncoding(request), "br") ? "br" : "gzip";
  const key = eventKey({ eventId, part, pass: undefined, encoding });
  const result = cache.peek({ key, lifetimes: partLifetimes[part], waitUntil });
  const route = name === undefined ? "/events/:eventId" : `/events/:eventId/${name}`;
  return result && { route, limiter: "LIMIT_READS", result };
}

/** Parsing the whole address as a `URL` costs as much as everything else here. */
function split(url: string): { path: string; query: string } {
  const begin = url.indexOf("/", "https://".length);
  const mark = url.indexOf("?", begin);
  if (begin < 0) return { path: "/", query: "" };
  return mark < 0
    ? { path: url.slice(begin), query: "" }
    : { path: url.slice(begin, mark), query: url.slice(mark + 1) };
}
