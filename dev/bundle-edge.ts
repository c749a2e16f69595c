import { build } from "esbuild";
import { PartError } from "./part.ts";

/** Makes the Worker one file, the way `wrangler deploy` does: what runs locally is what ships.
 * Throws `PartError` with the first thing that is wrong in the sources. */
export async function bundleEdge(options: {
  /** The Worker's entry file. */
  main: string;
  outFile: string;
  define: Record<string, string>;
}): Promise<void> {
  try {
    await build({
      entryPoints: [options.main],
      outfile: options.outFile,
      define: options.define,
      bundle: true,
      format: "esm",
      target: "es2024",
      conditions: ["workerd", "worker", "browser"],
      external: ["cloudflare:*", "node:*"],
      loader: { ".html": "text", ".txt": "text", ".sql": "text", ".svg": "text" },
      jsx: "automatic",
      jsxImportSource: "hono/jsx",
      sourcemap: "linked",
      logLevel: "silent",
    });
  } catch (error) {
    throw new PartError(`the edge does not build: ${firstMessage(error)}`);
  }
}

interface BuildFailure {
  errors: { text: string; location: { file: string; line: number } | null }[];
}

function firstMessage(error: unknown): string {
  const first = (error as Partial<BuildFailure>).errors?.[0];
  if (first === undefined) return error instanceof Error ? error.message : String(error);
  const { text, location } = first;
  return location === null ? text : `${location.file}:${location.line}: ${text}`;
}
