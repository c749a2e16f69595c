import { checksum, compress, decompress, type Packing } from "./compress.ts";

const encoder = new TextEncoder();

interface AnswerFacts {
  /** 200, or a definite no that holds for everybody: there is no such thing, or it is behind a waiting room. */
  readonly status: 200 | 403 | 404;
  readonly contentType: string;
  /** Weak validator, with its quotes: the same for every encoding of the body. */
  readonly etag: string;
  /** Whether it was answered by a fallback, and is to be replaced soon. */
  readonly degraded: boolean;
  /** Unix milliseconds when the source was asked: the answer is at least that fresh. */
  readonly storedAtMs: number;
}

/** Compressed once, by the source or here. */
export interface PackedAnswer extends AnswerFacts {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly encoding: Packing;
}

/** As it was made: text here, bytes elsewhere. The runtime takes a text for half of what it takes to copy its bytes. */
export interface PlainAnswer extends AnswerFacts {
  readonly body: Uint8Array<ArrayBuffer> | string;
  readonly encoding: "identity";
}

/** An answer as memory keeps it, which no request ever parses. */
export type CachedAnswer = PackedAnswer | PlainAnswer;

type Body =
  | { readonly body: PlainAnswer["body"]; readonly encoding?: undefined }
  | { readonly body: PackedAnswer["body"]; readonly encoding: Packing | undefined };

/**
 * Prepares an answer for the caches. It is not packed yet if its source did not: see {@link packed}.
 * @param options.body compressed if `encoding` says so
 * @param options.etag the source's; without one the body has a checksum
 * @param options.previous what was at hand: if the tag is the same, its body is kept, and the caches need not copy it
 * @param options.now Unix milliseconds when the source was asked
 */
export function makeAnswer(
  options: Body & {
    readonly status?: CachedAnswer["status"];
    readonly contentType?: string;
    readonly etag?: string | undefined;
    readonly degraded?: boolean;
    readonly previous?: CachedAnswer | undefined;
    readonly now: number;
  },
): CachedAnswer {
  const { previous, now } = options;
  const etag = toWeak(options.etag ?? tagOf(options.body));
  if (previous?.etag === etag) return { ...previous, storedAtMs: now };
  const facts = {
    status: options.status ?? 200,
    contentType: options.contentType ?? "application/json",
    etag,
    degraded: options.degraded ?? false,
    storedAtMs: now,
  };
  return options.encoding === undefined
    ? { ...facts, body: options.body, encoding: "identity" }
    : { ...facts, body: options.body, encoding: options.encoding };
}

/** The same answer as it is kept: compressed, under the same tag. */
export async function packed(answer: CachedAnswer): Promise<PackedAnswer> {
  if (answer.encoding !== "identity") return answer;
  return { ...answer, body: await compress(toBytes(answer.body)), encoding: "gzip" };
}

/** The body as it was before compression. */
export function plainBody({ body, encoding }: CachedAnswer): Promise<Uint8Array<ArrayBuffer>> {
  return decompress(toBytes(body), encoding);
}

function toBytes(body: CachedAnswer["body"]): Uint8Array<ArrayBuffer> {
  return typeof body === "string" ? encode(body) : body;
}

/** An encoder makes memory of its own, though its type leaves that open. */
function encode(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text) as Uint8Array<ArrayBuffer>;
}

/** One tag stands for the plain and the compressed body, which differ in bytes: so it cannot be a strong one. */
function toWeak(etag: string): string {
  return etag.startsWith("W/") ? etag : `W/${etag}`;
}

/**
 * Tells one answer to a question from the next: of four billion changes one is taken for none, until the one after it.
 * A digest would take as long as reading the documents did.
 */
function tagOf(body: CachedAnswer["body"]): string {
  return `"${checksum(body).toString(36)}-${body.length.toString(36)}"`;
}
