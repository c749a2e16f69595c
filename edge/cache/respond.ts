import { type CachedAnswer, decompressed } from "./cached-answer.ts";
import type { CacheResult } from "./edge-cache.ts";

/** How RFC 9211 calls where an answer came from. */
const cacheStatus: Record<CacheResult["from"], string> = {
  memory: "hit; detail=memory",
  shared: "hit; detail=shared",
  source: "fwd=miss; stored",
  stale: "hit; fwd=stale; detail=stale-if-error",
};

/**
 * The response for a cached answer: 304 before the body is touched, gzip as it is stored.
 * @param maxAgeSeconds how long browsers may keep it without asking
 */
export async function respond(
  request: Request,
  result: CacheResult,
  maxAgeSeconds: number,
): Promise<Response> {
  const { answer, from, ageMs } = result;
  const headers = new Headers({
    ETag: answer.etag,
    Age: String(Math.floor(ageMs / 1000)),
    "Cache-Control": `public, max-age=${maxAgeSeconds}`,
    "Cache-Status": `frontrow-edge; ${cacheStatus[from]}`,
    Vary: "Accept-Encoding",
  });
  if (from === "stale") headers.set("Warning", '110 - "Response is Stale"');
  if (matches(request.headers.get("If-None-Match"), answer.etag)) {
    return new Response(null, { status: 304, headers });
  }
  headers.set("Content-Type", answer.contentType);
  return withBody(request, answer, headers);
}

async function withBody(
  request: Request,
  answer: CachedAnswer,
  headers: Headers,
): Promise<Response> {
  if (!takesGzip(request.headers.get("Accept-Encoding"))) {
    return new Response(await decompressed(answer), { status: answer.status, headers });
  }
  headers.set("Content-Encoding", "gzip");
  return new Response(answer.gzip, { status: answer.status, headers, encodeBody: "manual" });
}

/** RFC 9110: `*`, or any of the list; weak and strong tags compare alike for GET. */
export function matches(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  const bare = (tag: string) => tag.trim().replace(/^W\//, "");
  return (
    ifNoneMatch.trim() === "*" || ifNoneMatch.split(",").some((tag) => bare(tag) === bare(etag))
  );
}

/** @param header `Accept-Encoding`; the network in front may rewrite it, so only the essentials are read */
export function takesGzip(header: string | null): boolean {
  return (header ?? "").split(",").some((part) => {
    const [coding = "", ...parameters] = part.trim().toLowerCase().split(";");
    const refused = parameters.some((parameter) => /^\s*q=0(\.0*)?\s*$/.test(parameter));
    return (coding.trim() === "gzip" || coding.trim() === "*") && !refused;
  });
}
