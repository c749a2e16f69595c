import { securityHeaders } from "../security-headers.ts";
import { acceptEncoding, takes } from "./accepts.ts";
import type { CachedAnswer } from "./cached-answer.ts";
import type { CacheResult } from "./edge-cache.ts";
import { PlainBodies } from "./plain-bodies.ts";

const plainBodies = new PlainBodies();

/** `private` goes to one person, though others may get the same: no cache on the way may keep it. */
export type Audience = "public" | "private";

/** What answers of a kind have in common. The runtime copies them as they are; a record it reads name by name. */
const common: Readonly<Record<Audience, Headers>> = {
  public: commonHeaders("public, no-cache"),
  private: commonHeaders("no-store"),
};

/**
 * The response for a cached answer: 304 before the body is touched, compressed as it is stored. Browsers may keep a
 * copy, but ask each time: an answer may be a second old already, and another second would be one too many.
 * @param requestId to be said in the answer
 */
export async function respond(
  request: Request,
  result: CacheResult,
  audience: Audience,
  requestId: string,
): Promise<Response> {
  const packed = respondPacked(request, result, audience, requestId);
  if (packed) return packed;
  const { answer } = result;
  const body = await plainBodies.get(answer);
  return toResponse({ ...answer, body, encoding: "identity" }, result, audience, requestId);
}

/**
 * The same at once, where nothing has to be unpacked.
 * @param accepted the codings that the client takes, where they are known already
 * @returns `undefined` for a client that does not take the body as it is stored
 */
export function respondPacked(
  request: Request,
  result: CacheResult,
  audience: Audience,
  requestId: string,
  accepted?: string,
): Response | undefined {
  const { answer } = result;
  if (matches(request.headers.get("If-None-Match"), answer.etag)) {
    const unchanged = new Response(null, { status: 304, headers: common[audience] });
    return withFacts(unchanged, result, requestId);
  }
  const isPlain = answer.encoding === "identity";
  if (!isPlain && !takes(accepted ?? acceptEncoding(request), answer.encoding)) return undefined;
  return toResponse(answer, result, audience, requestId);
}

/** @param answer the result's own, or the same unpacked */
function toResponse(
  { body, status, encoding, contentType }: CachedAnswer,
  result: CacheResult,
  audience: Audience,
  requestId: string,
): Response {
  const headers = common[audience];
  const isPlain = encoding === "identity";
  const response = isPlain
    ? new Response(body, { status, headers })
    : new Response(body, { status, headers, encodeBody: "manual" });
  response.headers.set("Content-Type", contentType);
  if (!isPlain) response.headers.set("Content-Encoding", encoding);
  return withFacts(response, result, requestId);
}

/** What is said of this one answer. */
function withFacts(response: Response, result: CacheResult, requestId: string): Response {
  const { answer, from, ageMs } = result;
  const { headers } = response;
  headers.set("ETag", answer.etag);
  headers.set("Cache-Status", toCacheStatus(result));
  headers.set("X-Request-Id", requestId);
  // RFC 9111: who sends it says that nobody made this answer for this request.
  if (from !== "source") headers.set("Age", String(Math.floor(ageMs / 1000)));
  if (from === "stale") headers.set("Warning", '110 - "Response is Stale"');
  return response;
}

function commonHeaders(cacheControl: string): Headers {
  return new Headers({
    ...securityHeaders,
    "Cache-Control": cacheControl,
    Vary: "Accept-Encoding",
  });
}

/** RFC 9211: `hit` and `fwd` exclude one another; a negative `ttl` says how long it has been stale. */
export function toCacheStatus({ from, ttlMs, collapsed }: CacheResult): string {
  const ttl = `ttl=${Math.floor(ttlMs / 1000)}`;
  switch (from) {
    case "memory":
    case "shared":
      return `frontrow-edge; hit; ${ttl}; detail=${from}`;
    case "stale":
      return `frontrow-edge; hit; ${ttl}; detail=stale`;
    case "source":
      return `frontrow-edge; fwd=miss; ${ttl}; stored${collapsed ? "; collapsed" : ""}`;
    default:
      return from satisfies never;
  }
}

/** RFC 9110: `*`, or any of the list; weak and strong tags compare alike for GET. */
export function matches(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  const bare = (tag: string) => tag.trim().replace(/^W\//, "");
  return (
    ifNoneMatch.trim() === "*" || ifNoneMatch.split(",").some((tag) => bare(tag) === bare(etag))
  );
}
