import { mkdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { build } from "esbuild";

/** Logical name (`event.js`) to public path (`/assets/event-1a2b3c.js`): what the Worker reads to link them. */
export type AssetList = Record<string, string>;

const entries = ["page.ts", "event.ts", "hold.ts", "wait.ts", "tickets.ts"];

/** Named by their content, so that they may be kept for ever. */
const headers = `/assets/*
  Cache-Control: public, max-age=31536000, immutable
  X-Content-Type-Options: nosniff
/tickets-worker.js
  Cache-Control: no-cache
  Content-Security-Policy: default-src 'none'; connect-src 'self'
  X-Content-Type-Options: nosniff
`;

/**
 * Builds what runs in the browser: one script a kind of page and one stylesheet, minified and named by content.
 * @param root folder of the project
 * @param site where the files go; whoever serves them from there has it for itself, since it is emptied first
 * @returns the list that was also written to `asset-list.json`, outside of what browsers may fetch
 */
export async function buildWeb(root: string, site = join(root, "dist")): Promise<AssetList> {
  const outdir = join(site, "assets");
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [...entries.map((name) => join("web/entries", name)), "web/style.css"],
    outdir,
    entryNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    format: "esm",
    target: ["es2022", "chrome123", "firefox120", "safari17.5"],
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  const assets: AssetList = {};
  for (const [file, { entryPoint }] of Object.entries(metafile.outputs)) {
    if (entryPoint === undefined) continue;
    assets[basename(entryPoint).replace(/\.ts$/, ".js")] = `/assets/${basename(file)}`;
  }
  // A service worker keeps its address, and browsers look for a newer one themselves.
  await build({
    absWorkingDir: root,
    entryPoints: ["web/entries/tickets-worker.ts"],
    outfile: join(site, "tickets-worker.js"),
    bundle: true,
    minify: true,
    format: "iife",
    legalComments: "none",
    logLevel: "warning",
  });
  await writeFile(join(site, "asset-list.json"), `${JSON.stringify(assets, undefined, 2)}\n`);
  await writeFile(join(site, "_headers"), headers);
  return assets;
}

if (import.meta.main) await buildWeb(join(import.meta.dirname, ".."));
