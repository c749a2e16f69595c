import { sha256 } from "../digest.ts";
import { compress, decompress, type Encoding } from "./compress.ts";

/** An answer as the caches keep it: bytes that no request ever parses. */
export interface CachedAnswer {
  /** 200, or a definite no that holds for everybody: there is no such thing, or it is behind a waiting room. */
  readonly status: 200 | 403 | 404;
  readonly contentType: string;
  /** Weak validator, with its quotes: the same for every encoding of the body. */
  readonly etag: string;
  /** Compressed once, by the source or when it was stored. */
  readonly body: Uint8Array<ArrayBuffer>;
  readonly encoding: Encoding;
  /** Whether it was answered by a fallback, and is to be replaced soon. */
  readonly degraded: boolean;
  /** Unix milliseconds when the source was asked: the answer is at least that fresh. */
  readonly storedAtMs: number;
}

/**
 * Prepares an answer for the caches.
 * @param body compressed if `encoding` says so; else it is compressed here
 * @param etag the source's; without one the compressed body is hashed
 * @param previous what was at hand: if the tag is the same, its bytes are kept, and the caches need not copy them
 * @param now Unix milliseconds when the source was asked
 */
export async function makeAnswer(options: {
  readonly status?: CachedAnswer["status"];
  readonly contentType?: string;
  readonly etag?: string | undefined;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly encoding?: Encoding | undefined;
  readonly degraded?: boolean;
  readonly previous?: CachedAnswer | undefined;
  readonly now: number;
}): Promise<CachedAnswer> {
  const { body, encoding, previous } = options;
  const given = options.etag === undefined ? undefined : toWeak(options.etag);
  if (given !== undefined && previous?.etag === given) return renew(previous, options.now);
  const packed = encoding ? body : await compress(body);
  // Of a search's body a tenth is left to be hashed.
  const etag = given ?? toWeak(hashTag(packed));
  if (previous?.etag === etag) return renew(previous, options.now);
  return {
    status: options.status ?? 200,
    contentType: options.contentType ?? "application/json",
    etag,
    body: packed,
    encoding: encoding ?? "gzip",
    degraded: options.degraded ?? false,
    storedAtMs: options.now,
  };
}

function renew(previous: CachedAnswer, now: number): CachedAnswer {
  return { ...previous, storedAtMs: now };
}

/** The body as it was before compression. */
export function plainBody(answer: CachedAnswer): Promise<Uint8Array<ArrayBuffer>> {
  return decompress(answer.body, answer.encoding);
}

/** One tag stands for the plain and the compressed body, which differ in bytes: so it cannot be a strong one. */
function toWeak(etag: string): string {
  return etag.startsWith("W/") ? etag : `W/${etag}`;
}

/** 96 bits of it are enough. */
function hashTag(body: Uint8Array<ArrayBuffer>): string {
  return `"${sha256(body, "base64").slice(0, 16)}"`;
}
