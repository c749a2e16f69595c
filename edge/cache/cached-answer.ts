import { checksum, compress, decompress, type Encoding, type Packing } from "./compress.ts";

/** An answer as memory keeps it: bytes that no request ever parses. */
export interface CachedAnswer {
  /** 200, or a definite no that holds for everybody: there is no such thing, or it is behind a waiting room. */
  readonly status: 200 | 403 | 404;
  readonly contentType: string;
  /** Weak validator, with its quotes: the same for every encoding of the body. */
  readonly etag: string;
  /** Compressed once, by the source or here; `identity` only until there is time for it. */
  readonly body: Uint8Array<ArrayBuffer>;
  readonly encoding: Encoding;
  /** Whether it was answered by a fallback, and is to be replaced soon. */
  readonly degraded: boolean;
  /** Unix milliseconds when the source was asked: the answer is at least that fresh. */
  readonly storedAtMs: number;
}

/**
 * Prepares an answer for the caches. It is not packed yet if its source did not: see {@link packed}.
 * @param body compressed if `encoding` says so
 * @param etag the source's; without one the body has a checksum
 * @param previous what was at hand: if the tag is the same, its bytes are kept, and the caches need not copy them
 * @param now Unix milliseconds when the source was asked
 */
export function makeAnswer(options: {
  readonly status?: CachedAnswer["status"];
  readonly contentType?: string;
  readonly etag?: string | undefined;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly encoding?: Packing | undefined;
  readonly degraded?: boolean;
  readonly previous?: CachedAnswer | undefined;
  readonly now: number;
}): CachedAnswer {
  const { body, previous } = options;
  const etag = toWeak(options.etag ?? tagOf(body));
  if (previous?.etag === etag) return renew(previous, options.now);
  return {
    status: options.status ?? 200,
    contentType: options.contentType ?? "application/json",
    etag,
    body,
    encoding: options.encoding ?? "identity",
    degraded: options.degraded ?? false,
    storedAtMs: options.now,
  };
}

function renew(previous: CachedAnswer, now: number): CachedAnswer {
  return { ...previous, storedAtMs: now };
}

/** The same answer as it is kept: compressed, under the same tag. */
export async function packed(answer: CachedAnswer): Promise<CachedAnswer> {
  if (answer.encoding !== "identity") return answer;
  return { ...answer, body: await compress(answer.body), encoding: "gzip" };
}

/** The body as it was before compression. */
export function plainBody(answer: CachedAnswer): Promise<Uint8Array<ArrayBuffer>> {
  return decompress(answer.body, answer.encoding);
}

/** One tag stands for the plain and the compressed body, which differ in bytes: so it cannot be a strong one. */
function toWeak(etag: string): string {
  return etag.startsWith("W/") ? etag : `W/${etag}`;
}

/**
 * Tells one answer to a question from the next: of four billion changes one is taken for none, until the one after it.
 * A digest would take as long as reading the documents did.
 */
function tagOf(body: Uint8Array<ArrayBuffer>): string {
  return `"${checksum(body).toString(36)}-${body.byteLength.toString(36)}"`;
}
