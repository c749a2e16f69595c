import { Miniflare, convertV4MiniflareOptions } from "miniflare";

/**
 * What the runtime costs without us: the baseline of every ratio.
 * @param objects class names of Durable Objects in the script, by binding
 */
export async function startBareWorker(
  script = `export default { fetch() { return new Response("ok"); } }`,
  objects: Readonly<Record<string, string>> = {},
): Promise<{ url: string; stop: () => Promise<void> }> {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port: 0,
      cf: false,
      workers: [
        {
          name: "bare",
          compatibilityDate: "2026-09-01",
          modules: true,
          script,
          durableObjects: { ...objects },
        },
      ],
    }),
  );
  const url = await miniflare.ready;
  return { url: url.origin, stop: () => miniflare.dispose() };
}
