import { acceptEncoding, takes } from "./accepts.ts";
import type { CacheResult } from "./edge-cache.ts";
import { PlainBodies } from "./plain-bodies.ts";

const plainBodies = new PlainBodies();

/** `private` goes to one person, though others may get the same: no cache on the way may keep it. */
export type Audience = "public" | "private";

/**
 * The response for a cached answer: 304 before the body is touched, compressed as it is stored. Browsers may keep a
 * copy, but ask each time: an answer may be a second old already, and another second would be one too many.
 * @param more headers to go with it
 */
export async function respond(
  request: Request,
  result: CacheResult,
  audience: Audience = "public",
  more: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const packed = respondPacked(request, result, audience, more);
  if (packed) return packed;
  const { answer } = result;
  const headers = headersOf(result, audience, more);
  headers["Content-Type"] = answer.contentType;
  return new Response(await plainBodies.get(answer), { status: answer.status, headers });
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
  more: Readonly<Record<string, string>>,
  accepted?: string,
): Response | undefined {
  const { answer } = result;
  const headers = headersOf(result, audience, more);
  if (matches(request.headers.get("If-None-Match"), answer.etag)) {
    return new Response(null, { status: 304, headers });
  }
  const isPlain = answer.encoding === "identity";
  if (!isPlain && !takes(accepted ?? acceptEncoding(request), answer.encoding)) return undefined;
  headers["Content-Type"] = answer.contentType;
  if (isPlain) return new Response(answer.body, { status: answer.status, headers });
  headers["Content-Encoding"] = answer.encoding;
  return new Response(answer.body, { status: answer.status, headers, encodeBody: "manual" });
}

/** A fresh record; one spread, at the beginning, is copied at once, where each further one goes name by name. */
function headersOf(
  result: CacheResult,
  audience: Audience,
  more: Readonly<Record<string, string>>,
): Record<string, string> {
  const { answer, from, ageMs } = result;
  const headers: Record<string, string> = {
    ...more,
    ETag: answer.etag,
    "Cache-Control": audience === "public" ? "public, no-cache" : "no-store",
    "Cache-Status": toCacheStatus(result),
    Vary: "Accept-Encoding",
  };
  // RFC 9111: who sends it says that nobody made this answer for this request.
  if (from !== "source") headers["Age"] = String(Math.floor(ageMs / 1000));
  if (from === "stale") headers["Warning"] = '110 - "Response is Stale"';
  return headers;
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
