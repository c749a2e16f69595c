import { Miniflare, convertV4MiniflareOptions } from "miniflare";

/** What the runtime costs without us: the baseline of every ratio. */
export async function startBareWorker(
  script = `export default { fetch() { return new Response("ok"); } }`,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port: 0,
      cf: false,
      workers: [{ name: "bare", compatibilityDate: "2026-09-01", modules: true, script }],
    }),
  );
  const url = await miniflare.ready;
  return { url: url.origin, stop: () => miniflare.dispose() };
}
