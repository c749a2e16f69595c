import { acceptEncoding, takes } from "./cache/accepts.ts";
import type { CacheResult } from "./cache/edge-cache.ts";
import { respondPacked } from "./cache/respond.ts";
import { eventKey, type EventPart } from "./events/ask-origin.ts";
import { partLifetimes } from "./events/load-event-part.ts";
import { requestIdOf } from "./middleware/request-id.ts";
import type { Parts } from "./parts.ts";
import { searchLifetimes, searchPath } from "./search/search-events.ts";
import { type AheadOfApp, countAddress, problemAnswer, type SimpleRead } from "./simple-read.ts";

/** Of an event what everybody may see; ids as the contract has them. */
const eventPath = /^\/events\/([1-9]\d{0,17})(?:\/(availability|facts|plan))?$/;

interface Known {
  readonly route: string;
  readonly limiter: "LIMIT_READS" | "LIMIT_SEARCHES";
  readonly result: CacheResult;
  /** The codings that the client takes, where that had to be known. */
  readonly accepted?: string;
}

/**
 * Most reads want what many want, and it is in memory: they are answered here, ahead of the app, by the same pure
 * functions and with the same headers, in a third of the time. Whatever is not that simple is the app's: refusals of
 * the origin, stale copies, unusual codings, and what is no {@link SimpleRead}.
 */
export function answerFromMemory(parts: Parts): AheadOfApp {
  const { env, figures } = parts;
  return (read, ctx) => {
    const known = findKnown(parts, read, ctx);
    if (known?.result.from !== "memory" || known.result.answer.status !== 200) return undefined;
    const { route, limiter, result, accepted } = known;
    const { request, headers, path } = read;
    const requestId = requestIdOf(headers);
    const response = respondPacked(request, result, "public", requestId, accepted);
    if (!response) return undefined;
    const answer = (it: Response) => {
      const { status } = it;
      const source = it === response ? "memory" : "none";
      figures.answered({ method: "GET", route, source, status, ms: 0 });
      return it;
    };
    if (env.RATE_LIMITS === "off") return answer(response);
    return countAddress(parts, limiter, headers).then(
      () => answer(response),
      (error: unknown) => answer(problemAnswer(error, path, requestId)),
    );
  };
}

function findKnown(
  { cache, searchKeys }: Parts,
  { request, headers, path, query }: SimpleRead,
  ctx: ExecutionContext,
): Known | undefined {
  const waitUntil = (work: Promise<unknown>) => ctx.waitUntil(work);
  if (path === searchPath) {
    const key = searchKeys.get(query);
    const result = key && cache.peek({ key, lifetimes: searchLifetimes, waitUntil });
    return result ? { route: searchPath, limiter: "LIMIT_SEARCHES", result } : undefined;
  }
  const [, eventId, name] = eventPath.exec(path) ?? [];
  // Whoever shows a pass may be shown more than others are.
  if (eventId === undefined || headers.has("Admission-Pass")) return undefined;
  const part = (name ?? "view") as EventPart; // the pattern names no others
  const accepted = acceptEncoding(request);
  const encoding = takes(accepted, "br") ? "br" : "gzip";
  const key = eventKey({ eventId, part, pass: undefined, encoding });
  const result = cache.peek({ key, lifetimes: partLifetimes[part], waitUntil });
  const route = name === undefined ? "/events/:eventId" : `/events/:eventId/${name}`;
  return result && { route, limiter: "LIMIT_READS", result, accepted };
}
