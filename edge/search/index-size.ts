const key = "https://cache.internal/v1/index-size";
/** Longer than any recovery takes. */
const keepSeconds = 3_600;

/** How many documents the index holds, as isolates tell one another within a data centre. */
export interface IndexSize {
  read(): Promise<number | undefined>;
  write(documents: number): Promise<void>;
}

/** In the Cache API: it may forget, it may fail, and then a new isolate believes what it is told. */
export const sharedIndexSize: IndexSize = {
  async read() {
    try {
      const found = await caches.default.match(key);
      const text = await found?.text();
      return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
    } catch {
      return undefined;
    }
  },
  async write(documents) {
    const headers = { "Cache-Control": `public, max-age=${keepSeconds}` };
    await caches.default.put(key, new Response(String(documents), { headers })).catch(() => {});
  },
};
