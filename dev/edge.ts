import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Log, LogLevel, Miniflare, convertV4MiniflareOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions as readWorker } from "wrangler";
import { buildWeb } from "../web/build.ts";
import { bundleEdge } from "./bundle-edge.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const config = join(root, "wrangler.toml");

export interface EdgeOptions {
  /** 0 takes any free one. */
  port: number;
  /** Variables and secrets, over those of the configuration file. */
  env: Record<string, string>;
  /** Where Durable Objects and the cache keep what they store. */
  persistDir: string;
  /** Absent: the project's `wrangler.toml`. */
  configFile?: string;
  /** Listens here as well, straight at the Worker: see `directTo`. 0 takes any free one. */
  directPort?: number | undefined;
}

export interface Edge {
  url: string;
  /** Where `directPort` was asked for. */
  directUrl?: string;
  stop: () => Promise<void>;
}

/** Runs the Worker in the real runtime, with the bindings of `wrangler.toml`: the one place that knows Miniflare.
 * Its version 5 has a form of options of its own; wrangler still gives the one before, and Miniflare turns it into
 * the new one. Throws `PartError` when the Worker does not build. */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const { workerOptions, define, main, externalWorkers } = readWorker(options.configFile ?? config);
  if (main === undefined) throw new Error("wrangler.toml names no main");
  // One file has no modules to classify, and the rules do not survive the conversion.
  const { modulesRules: _, ...worker } = workerOptions;
  const persistDir = resolve(options.persistDir);
  const modulesRoot = join(persistDir, "bundle");
  const scriptPath = join(modulesRoot, "edge.js");
  // A folder of its own: building for one stack must not take the files away from under another.
  const site = options.configFile === undefined ? join(persistDir, "site") : undefined;
  mkdirSync(persistDir, { recursive: true });
  await Promise.all([
    site !== undefined && buildWeb(root, site),
    bundleEdge({ main, define, outFile: scriptPath }),
  ]);

  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port: options.port,
      // The details of a request's place in the world are otherwise fetched from the internet.
      cf: false,
      log: new Log(LogLevel.WARN),
      logRequests: false,
      resourcePersistencePath: join(persistDir, "storage"),
      workers: [
        {
          ...worker,
          ...(site !== undefined && {
            assets: Object.assign({}, worker.assets, { directory: site }),
          }),
          bindings: Object.assign({}, worker.bindings, options.env),
          serviceBindings: Object.assign({}, worker.serviceBindings, {
            PRIVATE_NETWORK: privateNetwork,
          }),
          modules: true,
          modulesRoot,
          scriptPath,
        },
        ...externalWorkers,
        ...(options.directPort === undefined ? [] : [directTo(options.directPort)]),
      ],
    }),
  );
  try {
    const url = await miniflare.ready;
    const direct =
      options.directPort === undefined ? undefined : await miniflare.unsafeGetDirectURL(directName);
    return {
      url: url.origin,
      ...(direct && { directUrl: direct.origin }),
      stop: async () => await miniflare.dispose(),
    };
  } catch (error) {
    await miniflare.dispose().catch(() => undefined);
    throw error;
  }
}

/**
 * What the Worker asks by this binding goes straight to the network, as it does in the cloud. A plain `fetch` would pass
 * through one more of Miniflare's own Workers, which takes as much time as asking itself.
 */
const privateNetwork = { network: { allow: ["public", "private"] } };

const directName = "direct";
/** The options that wrangler gives for our Worker have no name. */
const unnamed = "";

/**
 * A listener in front of the Worker without Miniflare's own Workers between, which are JavaScript and part of no
 * product: the network's front is not. It has to belong to a Worker without files, or it would lead to the front of
 * those instead.
 */
function directTo(port: number) {
  return {
    name: directName,
    modules: true,
    script: `export default { fetch() { return new Response(null, { status: 404 }); } }`,
    unsafeDirectSockets: [{ host: "127.0.0.1", port, serviceName: unnamed }],
  };
}
