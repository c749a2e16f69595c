import type { CachedAnswer } from "./cached-answer.ts";
import type { SharedStore } from "./shared-store.ts";

/**
 * The Cache API: per data centre, does not collapse requests, and ignores stale-while-revalidate; so an entry only
 * says how long it may be kept, and our own headers say how old it is. The body is stored as the opaque bytes that
 * it is: declared as gzip, the cache would be free to unpack it.
 */
export class CacheApiStore implements SharedStore {
  async get(key: string): Promise<CachedAnswer | undefined> {
    try {
      const response = await caches.default.match(key);
      if (!response) return undefined;
      const { headers } = response;
      const gzip = new Uint8Array(await response.arrayBuffer());
      return {
        status: headers.get("x-status") === "404" ? 404 : 200,
        contentType: headers.get("x-content-type") ?? "application/json",
        etag: headers.get("x-etag") ?? "",
        degraded: headers.get("x-degraded") === "1",
        storedAtMs: Number(headers.get("x-stored-at")),
        gzip,
      };
    } catch {
      return undefined;
    }
  }

  async set(key: string, answer: CachedAnswer, keepMs: number): Promise<void> {
    const headers = {
      "Cache-Control": `public, max-age=${Math.ceil(keepMs / 1000)}`,
      "Content-Type": "application/octet-stream",
      "x-status": String(answer.status),
      "x-content-type": answer.contentType,
      "x-etag": answer.etag,
      "x-degraded": answer.degraded ? "1" : "0",
      "x-stored-at": String(answer.storedAtMs),
    };
    await caches.default.put(key, new Response(answer.gzip, { headers })).catch(() => {});
  }
}
