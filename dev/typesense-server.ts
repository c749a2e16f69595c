import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lastLine, startChild } from "./child.ts";
import { portToTry } from "./free-port.ts";
import { type Part, PartError } from "./part.ts";
import { waitUntil } from "./wait-until.ts";

/**
 * What stands in its log alone it reads back only after it has said that it is well, 7,600 documents a second; what is in
 * a snapshot before (decision 0151). Its own preset is an hour.
 */
const snapshotSeconds = 60;

/** After a crash it reads its data back first; 300,000 documents took 15 s. */
const startMsMax = 120_000;
const portTriesMax = 3;

export interface TypesenseServer extends Part {
  typesenseUrl: string;
  /** The admin key. */
  typesenseKey: string;
  kill: (signal: NodeJS.Signals) => void;
}

export interface TypesenseServerOptions {
  program: string;
  state: Part["state"];
  dataDir: string;
  logFile: string;
  key: string;
  /** Gives up starting. */
  signal?: AbortSignal;
}

/** Starts a real Typesense of one's own on loopback; the data stays in `dataDir`. Throws `PartError`. */
export async function startTypesenseServer(
  options: TypesenseServerOptions,
): Promise<TypesenseServer> {
  mkdirSync(options.dataDir, { recursive: true });
  for (let tries = 1; ; tries += 1) {
    try {
      return await startOn(await choosePorts(options.dataDir, tries), options);
    } catch (error) {
      if (tries === portTriesMax || !(error instanceof PartError)) throw error;
    }
  }
}

interface Ports {
  api: number;
  peering: number;
}

/** The server's name in its own group of one holds both ports: with others it takes 10 s longer to lead again. */
async function choosePorts(dataDir: string, attempt: number): Promise<Ports> {
  const file = join(dataDir, "ports.json");
  let before: Partial<Ports> = {};
  try {
    before = JSON.parse(readFileSync(file, "utf8")) as Ports;
  } catch {
    // The first start.
  }
  const ports = {
    api: await portToTry(before.api, attempt),
    peering: await portToTry(before.peering, attempt),
  };
  writeFileSync(file, JSON.stringify(ports));
  return ports;
}

async function startOn(ports: Ports, options: TypesenseServerOptions): Promise<TypesenseServer> {
  const addresses = {
    "data-dir": options.dataDir,
    "api-address": "127.0.0.1",
    "api-port": ports.api,
    "peering-address": "127.0.0.1",
    "peering-port": ports.peering,
    "snapshot-interval-seconds": snapshotSeconds,
  };
  const child = await startChild({
    command: options.program,
    args: Object.entries(addresses).flatMap(([name, value]) => [`--${name}`, String(value)]),
    // The key goes through the environment: arguments are visible to everybody on the machine.
    env: { PATH: process.env["PATH"], TYPESENSE_API_KEY: options.key },
    logFile: options.logFile,
  });
  const typesenseUrl = `http://127.0.0.1:${ports.api}`;
  try {
    const version = await waitUntil(
      async () => {
        if (child.exit()) throw new PartError(`Typesense ended: ${lastLine(child.log())}`);
        return await askTypesenseVersion(typesenseUrl, options.key);
      },
      {
        timeoutMs: startMsMax,
        late: () => new PartError("Typesense does not become ready"),
        ...(options.signal && { signal: options.signal }),
      },
    );
    return {
      name: "typesense",
      state: options.state,
      detail: `Typesense ${version}`,
      where: typesenseUrl,
      typesenseUrl,
      typesenseKey: options.key,
      pid: child.pid,
      exited: child.exited,
      stop: child.stop,
      kill: child.kill,
    };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

/** The version of the Typesense that answers there, or nothing while it is not ready to lead. */
export async function askTypesenseVersion(url: string, key: string): Promise<string | undefined> {
  const ask = async (path: string) => {
    const answer = await fetch(`${url}${path}`, {
      headers: { "X-TYPESENSE-API-KEY": key },
      signal: AbortSignal.timeout(2000),
    });
    return (await answer.json()) as { ok?: boolean; state?: number; version?: string };
  };
  try {
    const health = await ask("/health");
    if (health.ok !== true) return undefined;
    const debug = await ask("/debug");
    // 1 is the leader of its group: only then are writes accepted.
    return debug.state === 1 ? debug.version : undefined;
  } catch {
    return undefined;
  }
}
