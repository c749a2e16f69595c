import { acceptEncoding, takes } from "./accepts.ts";
import { type Audience, commonHeaders, describe, headersOf } from "./answer-headers.ts";
import type { CachedAnswer } from "./cached-answer.ts";
import type { CacheResult } from "./edge-cache.ts";
import { PlainBodies } from "./plain-bodies.ts";

const plainBodies = new PlainBodies();

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
    return toResponse(undefined, result, audience, requestId);
  }
  const isPlain = answer.encoding === "identity";
  if (!isPlain && !takes(accepted ?? acceptEncoding(request), answer.encoding)) return undefined;
  return toResponse(answer, result, audience, requestId);
}

/** @param sent the result's own answer, or the same unpacked; `undefined`: the client has it */
function toResponse(
  sent: CachedAnswer | undefined,
  result: CacheResult,
  audience: Audience,
  requestId: string,
): Response {
  const isNew = result.from === "source"; // nobody will be told the same again
  const headers = isNew ? commonHeaders[audience] : headersOf(result, audience, sent);
  const response = makeResponse(sent, headers);
  const own = response.headers;
  if (isNew) describe(own, result, sent);
  own.set("X-Request-Id", requestId);
  return response;
}

function makeResponse(sent: CachedAnswer | undefined, headers: Headers): Response {
  if (!sent) return new Response(null, { status: 304, headers });
  const { body, status, encoding } = sent;
  return encoding === "identity"
    ? new Response(body, { status, headers })
    : new Response(body, { status, headers, encodeBody: "manual" });
}

/** RFC 9110: `*`, or any of the list; weak and strong tags compare alike for GET. */
export function matches(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  const bare = (tag: string) => tag.trim().replace(/^W\//, "");
  return (
    ifNoneMatch.trim() === "*" || ifNoneMatch.split(",").some((tag) => bare(tag) === bare(etag))
  );
}
