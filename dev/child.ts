import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, statSync, truncateSync } from "node:fs";
import { dirname } from "node:path";
import type { Exit } from "./part.ts";
import { signalGroup, sweepGroup } from "./process-group.ts";
import { forget, watch } from "./watchdog.ts";

/** A log that has grown past this (bytes) starts anew with the next run. */
const logBytesMax = 20_000_000;

export interface ChildOptions {
  command: string;
  args: readonly string[];
  /** Standard output and error go here, appended. */
  logFile: string;
  env?: Record<string, string | undefined>;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** What asks this program to end in good order. */
  stopSignal?: NodeJS.Signals;
  /** How long it may take to do so before it is ended by force. */
  stopMs?: number;
}

export interface Child {
  pid: number;
  exited: Promise<Exit>;
  /** The exit once it has happened. */
  exit: () => Exit | undefined;
  /** What this run has written so far. */
  log: () => string;
  stop: () => Promise<void>;
  kill: (signal: NodeJS.Signals) => void;
}

/** Starts a program as leader of a process group of its own, watched so that it cannot outlive this process.
 * Throws what `spawn` reports: `ENOENT` for a program that is not there. */
export async function startChild(options: ChildOptions): Promise<Child> {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const offset = roomInLog(options.logFile);
  const log = openSync(options.logFile, "a", 0o600);
  const child = spawn(options.command, options.args, {
    detached: true,
    stdio: ["ignore", log, log],
    ...(options.env && { env: options.env }),
    ...(options.cwd && { cwd: options.cwd }),
    ...(options.uid !== undefined && { uid: options.uid }),
    ...(options.gid !== undefined && { gid: options.gid }),
  });
  closeSync(log);
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  const { pid } = child;
  if (pid === undefined) throw new Error("a spawned process has an id");
  const stopSignal = options.stopSignal ?? "SIGTERM";
  watch(pid, stopSignal);

  let exit: Exit | undefined;
  const exited = new Promise<Exit>((resolve) => {
    child.once("exit", (code, signal) => {
      exit = { code, signal };
      sweepGroup(pid);
      forget(pid);
      resolve(exit);
    });
  });
  const kill = (signal: NodeJS.Signals) => {
    if (exit === undefined) signalGroup(pid, signal);
  };
  return {
    pid,
    exited,
    exit: () => exit,
    log: () => readFileSync(options.logFile).subarray(offset).toString(),
    kill,
    stop: async () => {
      kill(stopSignal);
      const force = setTimeout(() => kill("SIGKILL"), options.stopMs ?? 5000);
      await exited;
      clearTimeout(force);
    },
  };
}

/** The last line that says something, for a one-line report of why a program ended. */
export function lastLine(log: string): string {
  const lines = log.split("\n").map((line) => line.trim());
  return lines.findLast((line) => line !== "") ?? "it wrote nothing";
}

function roomInLog(logFile: string): number {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= logBytesMax) return size;
  truncateSync(logFile);
  return 0;
}
