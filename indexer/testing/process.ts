import { spawn } from "node:child_process";
import { join } from "node:path";
import { nodeEnv, nodeFlags } from "../launch.ts";

export interface IndexerProcess {
  readonly pid: number;
  readonly log: () => string;
  kill(signal: NodeJS.Signals): void;
  /** Settles with the exit code, or `null` after a signal. */
  readonly exited: Promise<number | null>;
  /** What `/ready` says that it is doing, or nothing before it listens; needs `LOG_LEVEL` info. */
  state(): Promise<string | undefined>;
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
  return {
    pid: child.pid ?? 0,
    log: () => log,
    kill: (signal) => child.kill(signal),
    exited,
    state: async () => {
      const port = /"port":(\d+),"msg":"listening"/.exec(log)?.[1];
      if (port === undefined) return undefined;
      const answer = await fetch(`http://127.0.0.1:${port}/ready`);
      return ((await answer.json()) as { state: string }).state;
    },
  };
}
