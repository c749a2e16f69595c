import { fileURLToPath } from "node:url";
import { type Child, lastLine, startChild } from "./child.ts";
import { portToTry } from "./free-port.ts";
import { type Part, PartError } from "./part.ts";
import type { StackContext } from "./stack-context.ts";
import { waitUntil } from "./wait-until.ts";

const startMsMax = 60_000;

export interface AppProcess extends Part {
  url: string;
  port: number;
}

export interface AppOptions {
  /** The part's name in the table and of its log. */
  name: string;
  detail: string;
  /** Its entry file, from the project's root. */
  program: string;
  /** For Node itself. */
  nodeFlags?: readonly string[];
  port: number;
  env: Record<string, string>;
  /** Answers 200 once the process serves. */
  healthPath: string;
}

/** Starts one of our own processes and waits until it answers. Throws `PartError`. */
export async function startApp(context: StackContext, options: AppOptions): Promise<AppProcess> {
  const url = `http://127.0.0.1:${options.port}`;
  const child = await startChild({
    command: process.execPath,
    args: [
      ...(options.nodeFlags ?? []),
      fileURLToPath(new URL(`../${options.program}`, import.meta.url)),
    ],
    logFile: context.logFile(options.name),
    // Nothing else of our own environment: what a part needs is said here.
    env: {
      PATH: context.env["PATH"],
      NODE_ENV: context.env["NODE_ENV"],
      NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
      PORT: String(options.port),
      ...options.env,
    },
    stopMs: 15_000,
  });
  try {
    await untilHealthy(child, context.signal, `${url}${options.healthPath}`, (reason) => {
      return new PartError(`${options.name} ${reason} (see ${context.logFile(options.name)})`);
    });
  } catch (error) {
    await child.stop();
    throw error;
  }
  return {
    name: options.name,
    state: "own",
    detail: options.detail,
    where: url,
    url,
    port: options.port,
    pid: child.pid,
    exited: child.exited,
    stop: child.stop,
  };
}

/** A port for one of our own processes, the same as last time while it is free, and remembered. */
export async function choosePort(context: StackContext, part: string): Promise<number> {
  const port = await portToTry(context.port(part).port, 1);
  context.keepPort(part, `http://127.0.0.1:${port}`);
  return port;
}

async function untilHealthy(
  child: Child,
  signal: AbortSignal,
  healthUrl: string,
  fail: (reason: string) => PartError,
): Promise<void> {
  await waitUntil(
    async () => {
      if (child.exit()) throw fail(`ended: ${lastLine(child.log())}`);
      try {
        const answer = await fetch(healthUrl, { signal: AbortSignal.timeout(2000) });
        await answer.arrayBuffer();
        return answer.ok || undefined;
      } catch {
        return undefined;
      }
    },
    { timeoutMs: startMsMax, late: () => fail("does not answer"), signal },
  );
}
