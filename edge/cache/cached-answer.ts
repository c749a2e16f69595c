/** An answer as the caches keep it: bytes that no request ever parses. */
export interface CachedAnswer {
  /** 200, or 404 for something that is known not to be. */
  readonly status: 200 | 404;
  readonly contentType: string;
  /** Strong validator of the uncompressed body, with its quotes. */
  readonly etag: string;
  /** Compressed once, when it was stored. */
  readonly gzip: Uint8Array<ArrayBuffer>;
  /** Whether it was answered by a fallback, and is to be replaced soon. */
  readonly degraded: boolean;
  /** Unix milliseconds. */
  readonly storedAtMs: number;
}

/**
 * Prepares an answer for the caches.
 * @param body uncompressed; hashed for the ETag unless the source gave one
 */
export async function makeAnswer(options: {
  readonly status?: 200 | 404;
  readonly contentType?: string;
  readonly etag?: string | undefined;
  readonly body: Uint8Array;
  readonly degraded?: boolean;
  readonly now: number;
}): Promise<CachedAnswer> {
  const body = new Uint8Array(options.body);
  return {
    status: options.status ?? 200,
    contentType: options.contentType ?? "application/json",
    etag: options.etag ?? (await hashTag(body)),
    gzip: await pipe(body, new CompressionStream("gzip")),
    degraded: options.degraded ?? false,
    storedAtMs: options.now,
  };
}

/** For clients that do not take gzip, which hardly exist. */
export function decompressed(answer: CachedAnswer): Promise<Uint8Array<ArrayBuffer>> {
  return pipe(answer.gzip, new DecompressionStream("gzip"));
}

async function hashTag(body: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  return `"${btoa(String.fromCharCode(...hash.subarray(0, 12)))}"`;
}

async function pipe(
  bytes: Uint8Array<ArrayBuffer>,
  through: CompressionStream | DecompressionStream,
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(through);
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
