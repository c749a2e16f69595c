import { securityHeaders } from "../security-headers.ts";
import type { CachedAnswer } from "./cached-answer.ts";
import type { CacheResult } from "./edge-cache.ts";

/** `private` goes to one person, though others may get the same: no cache on the way may keep it. */
export type Audience = "public" | "private";

/** What is sent with the headers; of a 304, which has no body, nothing. */
export type Sent = Pick<CachedAnswer, "contentType" | "encoding"> | undefined;

/** What answers of a kind have in common. The runtime copies them as they are; a record it reads name by name. */
export const commonHeaders: Readonly<Record<Audience, Headers>> = {
  public: withCaching("public, no-cache"),
  private: withCaching("no-store"),
};

/**
 * Hot answers say the same for a whole second, apart from `X-Request-Id`. They are kept by all that they say, so nothing
 * can be said of the wrong answer; bounded, some 2 kB each.
 */
const kept = new Map<string, Headers>();
const keptMax = 1_000;

/** All headers of an answer that is not of this moment, apart from `X-Request-Id`. They are others' as well: copy them. */
export function headersOf(result: CacheResult, audience: Audience, sent: Sent): Headers {
  const of = sent ? `${sent.contentType}\n${sent.encoding}` : "";
  const age = `${toSeconds(result.ageMs)}\n${toCacheStatus(result)}`;
  const said = `${result.answer.etag}\n${age}\n${audience}\n${of}`;
  const known = kept.get(said);
  if (known) return known;
  const headers = new Headers(commonHeaders[audience]);
  describe(headers, result, sent);
  if (kept.size >= keptMax) kept.clear();
  kept.set(said, headers);
  return headers;
}

/** Says of this one answer what answers do not have in common. */
export function describe(headers: Headers, result: CacheResult, sent: Sent): void {
  const { answer, from, ageMs } = result;
  if (sent) headers.set("Content-Type", sent.contentType);
  if (sent && sent.encoding !== "identity") headers.set("Content-Encoding", sent.encoding);
  headers.set("ETag", answer.etag);
  headers.set("Cache-Status", toCacheStatus(result));
  // RFC 9111: who sends it says that nobody made this answer for this request.
  if (from !== "source") headers.set("Age", toSeconds(ageMs));
  if (from === "stale") headers.set("Warning", '110 - "Response is Stale"');
}

function withCaching(cacheControl: string): Headers {
  return new Headers({
    ...securityHeaders,
    "Cache-Control": cacheControl,
    Vary: "Accept-Encoding",
  });
}

/** RFC 9211: `hit` and `fwd` exclude one another; a negative `ttl` says how long it has been stale. */
function toCacheStatus({ from, ttlMs, collapsed }: CacheResult): string {
  const ttl = `ttl=${toSeconds(ttlMs)}`;
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

function toSeconds(ms: number): string {
  return String(Math.floor(ms / 1000));
}
