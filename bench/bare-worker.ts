import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Miniflare, convertV4MiniflareOptions } from "miniflare";
import { type Edge, startEdge } from "../dev/edge.ts";
import type { LoadAnswer } from "./load.ts";

/**
 * What the runtime costs without us and without files: the baseline of ratios to what has no files either.
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

/** The front that every Worker with files has, ours as well as this one; see `wrangler.toml`. */
const settings = `name = "bare"
main = "bare.js"
compatibility_date = "2026-10-01"
compatibility_flags = ["nodejs_compat"]
[assets]
directory = "./files"
binding = "ASSETS"
html_handling = "none"
run_worker_first = ["/*", "!/assets/*"]
`;

/**
 * A Worker that returns what was answered before from memory and does nothing else, run as the edge is: what the
 * runtime costs without us.
 */
export function startRepeater(answer: LoadAnswer): Promise<Edge> {
  return startScript(scriptOf(answer));
}

/** A Worker of this script, run as the edge is: behind the same front, and straight at it. */
export async function startScript(script: string): Promise<Edge> {
  const folder = await mkdtemp(join(tmpdir(), "frontrow-bare-"));
  await mkdir(join(folder, "files"));
  await writeFile(join(folder, "files", "robots.txt"), "");
  await writeFile(join(folder, "wrangler.toml"), settings);
  await writeFile(join(folder, "bare.js"), script);
  const persistDir = join(folder, "state");
  const configFile = join(folder, "wrangler.toml");
  const edge = await startEdge({ port: 0, env: {}, persistDir, configFile, directPort: 0 });
  return {
    ...edge,
    stop: () => edge.stop().finally(() => rm(folder, { recursive: true, force: true })),
  };
}

function scriptOf({ body, headers }: LoadAnswer): string {
  const { etag = "", "content-encoding": encoding = "" } = headers;
  return `const body = Uint8Array.from(atob(${JSON.stringify(body.toString("base64"))}), (c) => c.charCodeAt(0));
    const headers = { "Content-Type": "application/json", ETag: ${JSON.stringify(etag)},
      "Content-Encoding": ${JSON.stringify(encoding)}, "Cache-Control": "public, no-cache", Vary: "Accept-Encoding" };
    export default { fetch() { return new Response(body, { headers, encodeBody: "manual" }); } }`;
}
