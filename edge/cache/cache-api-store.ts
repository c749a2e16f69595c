import type { CachedAnswer, PackedAnswer } from "./cached-answer.ts";
import { toPacking } from "./compress.ts";
import type { SharedStore, StoredMark } from "./shared-store.ts";

/**
 * The Cache API: per data centre, does not collapse requests, and ignores stale-while-revalidate; so an entry only
 * says how long it may be kept, and our own headers say how old it is. The body is stored as the opaque bytes that
 * it is: declared as compressed, the cache would be free to unpack it. A small entry beside it holds tag and time, so
 * that a large body is neither read nor written again when only its time is new.
 */
export class CacheApiStore implements SharedStore {
  async mark(key: string): Promise<StoredMark | undefined> {
    const response = await find(markKey(key));
    if (!response) return undefined;
    await response.body?.cancel().catch(() => {}); // one that broke meanwhile is gone anyway
    return toMark(response.headers);
  }

  async get(key: string): Promise<CachedAnswer | undefined> {
    const response = await find(key);
    if (!response) return undefined;
    const { headers } = response;
    const status = Number(headers.get("x-status"));
    const body = await response.arrayBuffer().catch(() => undefined);
    const encoding = toPacking(headers.get("x-encoding"));
    if (!body || !encoding) return undefined;
    return {
      ...toMark(headers),
      status: status === 404 || status === 403 ? status : 200,
      contentType: headers.get("x-content-type") ?? "application/json",
      degraded: headers.get("x-degraded") === "1",
      body: new Uint8Array(body),
      encoding,
    };
  }

  async set(key: string, answer: PackedAnswer, keepMs: number): Promise<void> {
    const headers = {
      ...toHeaders(answer, keepMs),
      "x-status": String(answer.status),
      "x-content-type": answer.contentType,
      "x-encoding": answer.encoding,
      "x-degraded": answer.degraded ? "1" : "0",
    };
    await keep(key, new Response(answer.body, { headers }));
    await this.renew(key, answer, keepMs);
  }

  async renew(key: string, mark: StoredMark, keepMs: number): Promise<void> {
    await keep(markKey(key), new Response("-", { headers: toHeaders(mark, keepMs) }));
  }
}

function markKey(key: string): string {
  return key.replace("https://cache.internal/", "https://marks.cache.internal/");
}

async function find(key: string): Promise<Response | undefined> {
  return caches.default.match(key).catch(() => undefined);
}

async function keep(key: string, response: Response): Promise<void> {
  await caches.default.put(key, response).catch(() => {});
}

function toMark(headers: Headers): StoredMark {
  return { etag: headers.get("x-etag") ?? "", storedAtMs: Number(headers.get("x-stored-at")) };
}

function toHeaders(mark: StoredMark, keepMs: number): Record<string, string> {
  return {
    "Cache-Control": `public, max-age=${Math.ceil(keepMs / 1000)}`,
    "Content-Type": "application/octet-stream",
    "x-etag": mark.etag,
    "x-stored-at": String(mark.storedAtMs),
  };
}
