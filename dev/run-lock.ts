import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { PartError } from "./part.ts";
import { processStart } from "./process-command.ts";
import { signalGroup } from "./process-group.ts";
import { readStateFile, writeStateFile } from "./state.ts";
import { waitUntil } from "./wait-until.ts";

const Process = z.object({ pid: z.int(), start: z.string() });
type Process = z.infer<typeof Process>;

const Run = z.object({ owner: Process, parts: z.array(Process) });

/** Lies in the state folder. */
export const runLockFile = "run.json";
const file = runLockFile;
/** How long parts of a killed run may take to end in good order. */
const leftoverMsMax = 10_000;

export interface RunLock {
  /** Notes a part, so that the next run finds it should this one be killed together with its watchdog. */
  note: (pid: number) => void;
  release: () => void;
}

/** Makes this process the only one that runs a stack in this folder, and ends what a killed run left behind.
 * Throws `PartError` when another one runs. */
export async function takeRunLock(stateDir: string): Promise<RunLock> {
  mkdirSync(stateDir, { recursive: true });
  const owner = runningOwner(stateDir);
  if (owner !== undefined) {
    throw new PartError(`a stack already runs on ${stateDir} (process ${owner})`);
  }
  await endLeftovers(readStateFile(stateDir, file, Run)?.parts ?? []);
  const run: z.infer<typeof Run> = { owner: identify(process.pid), parts: [] };
  writeStateFile(stateDir, file, run);
  return {
    note: (pid) => {
      run.parts.push(identify(pid));
      writeStateFile(stateDir, file, run);
    },
    release: () => rmSync(join(stateDir, file), { force: true }),
  };
}

/** The process that runs a stack in this folder, or nothing when none does. */
export function runningOwner(stateDir: string): number | undefined {
  const owner = readStateFile(stateDir, file, Run)?.owner;
  return owner !== undefined && isSame(owner) ? owner.pid : undefined;
}

async function endLeftovers(parts: readonly Process[]): Promise<void> {
  const left = parts.filter(isSame);
  for (const { pid } of left) signalGroup(pid, "SIGTERM");
  await waitUntil(async () => (left.some(isSame) ? undefined : true), {
    timeoutMs: leftoverMsMax,
    late: () => new PartError("slow"),
  }).catch(() => {
    for (const { pid } of left.filter(isSame)) signalGroup(pid, "SIGKILL");
  });
}

function identify(pid: number): Process {
  return { pid, start: processStart(pid) ?? "" };
}

function isSame({ pid, start }: Process): boolean {
  return processStart(pid) === start;
}
