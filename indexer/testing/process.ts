import { spawn } from "node:child_process";
import { join } from "node:path";
import { nodeEnv, nodeFlags } from "../launch.ts";

export interface IndexerProcess {
  readonly pid: number;
  readonly log: () => string;
  kill(signal: NodeJS.Signals): void;
  /** Settles with the exit code, or `null` after a signal. */
  readonly exited: Promise<number | null>;
}

/** The indexer as it runs in production, to be killed. */
export function spawnIndexer(env: Record<string, string>): IndexerProcess {
  const child = spawn(process.execPath, [...nodeFlags, join(import.meta.dirname, "../main.ts")], {
    env: { ...nodeEnv, PORT: "0", ...env, PATH: process.env["PATH"] },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  child.stdout.on("data", (chunk: Buffer) => (log += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (log += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  return { pid: child.pid ?? 0, log: () => log, kill: (signal) => child.kill(signal), exited };
}
