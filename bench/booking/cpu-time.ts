import { readdirSync, readFileSync } from "node:fs";

/** Linux counts in hundredths of a second. */
const msPerTick = 10;

interface ProcessTimes {
  readonly parent: number;
  /** Its own and that of its children that have ended. */
  readonly ms: number;
}

/**
 * CPU time, user and system, that processes and all below them have used since they began, in milliseconds.
 * @param roots process ids by name
 * @returns zeros where there is no `/proc`
 */
export function cpuTimes<Name extends string>(
  roots: Readonly<Record<Name, number>>,
): Record<Name, number> {
  const all = readProcesses();
  const sums = {} as Record<Name, number>;
  for (const [name, root] of Object.entries(roots) as [Name, number][]) {
    let ms = 0;
    for (const [pid, times] of all) if (isBelow(all, pid, root)) ms += times.ms;
    sums[name] = ms;
  }
  return sums;
}

interface MachineTimes {
  readonly idle: number;
  /** Wanted by this machine, and given to others on the same host. */
  readonly stolen: number;
  readonly all: number;
}

/** CPU time of the whole machine since it was started, in ticks; zeros where there is no `/proc`. */
export function machineTimes(): MachineTimes {
  const [first = ""] = readProc("/proc/stat").split("\n");
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, soft = 0, stolen = 0] = first
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return {
    idle: idle + wait,
    stolen,
    all: user + nice + system + idle + wait + irq + soft + stolen,
  };
}

/** How much of the machine was idle between two looks, and how much of it the host gave to others, in per cent. */
export function shares(before: MachineTimes, after: MachineTimes): Record<string, number> {
  const all = Math.max(after.all - before.all, 1);
  const share = (ticks: number) => Math.round((ticks / all) * 1000) / 10;
  return {
    "idle %": share(after.idle - before.idle),
    "stolen %": share(after.stolen - before.stolen),
  };
}

function isBelow(all: ReadonlyMap<number, ProcessTimes>, pid: number, root: number): boolean {
  for (let at: number | undefined = pid; at !== undefined; at = all.get(at)?.parent) {
    if (at === root) return true;
  }
  return false;
}

function readProcesses(): Map<number, ProcessTimes> {
  const all = new Map<number, ProcessTimes>();
  for (const name of listProc()) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const times = readTimes(pid);
    if (times) all.set(pid, times);
  }
  return all;
}

function listProc(): string[] {
  try {
    return readdirSync("/proc");
  } catch {
    return [];
  }
}

function readTimes(pid: number): ProcessTimes | undefined {
  const stat = readProc(`/proc/${pid}/stat`);
  if (stat === "") return undefined; // it ended meanwhile
  // The name stands in brackets and may hold anything; the fields after it are fixed (proc(5)).
  const fields = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15);
  return { parent: fields[1] ?? 0, ms: (user + system + childUser + childSystem) * msPerTick };
}

function readProc(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
