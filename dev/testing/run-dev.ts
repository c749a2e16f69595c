import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../free-port.ts";
import { processStart } from "../process-command.ts";
import { runLockFile } from "../run-lock.ts";
import { waitUntil } from "../wait-until.ts";

const program = fileURLToPath(new URL("../main.ts", import.meta.url));
const readyMsMax = 150_000;
const endMsMax = 60_000;

/** `npm run dev` as a person runs it, on a folder of the test's own. */
export interface DevRun {
  child: ChildProcess;
  port: number;
  /** What it has said so far, on both channels. */
  output: () => string;
  lines: () => string[];
  /** Waits for the line `ready …`. Throws when it ends before. */
  untilReady: () => Promise<void>;
  /** Waits for its end and gives the exit code. */
  ended: () => Promise<number | null>;
  /** The processes that its parts run in, as they were when this was asked. */
  parts: () => PartProcess[];
}

export interface PartProcess {
  pid: number;
  start: string;
}

export async function runDev(options: {
  stateDir: string;
  args?: string[];
  port?: number;
  env?: Record<string, string>;
}): Promise<DevRun> {
  const port = options.port ?? (await freePort());
  const args = [program, "--port", String(port), ...(options.args ?? [])];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, FRONTROW_STATE: options.stateDir, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  const closed = once(child, "close") as Promise<[number | null]>;
  return {
    child,
    port,
    output: () => output,
    lines: () => output.trimEnd().split("\n"),
    untilReady: async () => {
      await waitUntil(
        async () => {
          if (child.exitCode !== null) throw new Error(`it ended early:\n${output}`);
          return output.includes(`ready http://localhost:${port}\n`) || undefined;
        },
        { timeoutMs: readyMsMax, late: () => new Error(`it is not ready:\n${output}`) },
      );
    },
    ended: async () => {
      const late = setTimeout(() => child.kill("SIGKILL"), endMsMax);
      const [code] = await closed;
      clearTimeout(late);
      return code;
    },
    parts: () => {
      const run = JSON.parse(readFileSync(join(options.stateDir, runLockFile), "utf8")) as {
        parts: PartProcess[];
      };
      return run.parts;
    },
  };
}

/** Waits until none of these processes is left. */
export async function untilGone(processes: readonly PartProcess[]): Promise<void> {
  const left = () => processes.filter(({ pid, start }) => processStart(pid) === start);
  await waitUntil(async () => (left().length === 0 ? true : undefined), {
    timeoutMs: endMsMax,
    late: () => new Error(`still running: ${left().map(({ pid }) => pid)}`),
  });
}
