import { readdirSync, readFileSync } from "node:fs";

/** Linux counts in hundredths of a second. */
const msPerTick = 10;
const runtimeName = "workerd";

interface Process {
  readonly parent: number;
  readonly name: string;
  readonly ms: number;
}

/**
 * Processor time, user and system, that Worker runtimes have used since they began.
 * @param edgePid the process that runs the edge; a bare Worker is a child of our own
 * @returns milliseconds; zeros where there is no `/proc`
 */
export function runtimeCpuMs(edgePid: number): { edge: number; bare: number } {
  const all = readProcesses();
  const isBelow = (pid: number, root: number) => {
    for (let at: number | undefined = pid; at !== undefined; at = all.get(at)?.parent) {
      if (at === root) return true;
    }
    return false;
  };
  let [edge, bare] = [0, 0];
  for (const [pid, { name, ms, parent }] of all) {
    if (name !== runtimeName) continue;
    if (isBelow(pid, edgePid)) edge += ms;
    else if (parent === process.pid) bare += ms;
  }
  return { edge, bare };
}

function readProcesses(): Map<number, Process> {
  const all = new Map<number, Process>();
  try {
    for (const name of readdirSync("/proc")) {
      const process = /^\d+$/.test(name) ? readProcess(name) : undefined;
      if (process) all.set(Number(name), process);
    }
  } catch {
    // Elsewhere it is not known.
  }
  return all;
}

/** The name stands in brackets and may hold anything; the fields after it are fixed (proc(5)). */
function readProcess(pid: string): Process | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return undefined; // it ended meanwhile
  }
  const end = stat.lastIndexOf(")");
  const fields = stat.slice(end + 2).split(" ");
  const [parent, user, system] = [1, 11, 12].map((at) => Number(fields[at]));
  return {
    parent: parent ?? 0,
    name: stat.slice(stat.indexOf("(") + 1, end),
    ms: ((user ?? 0) + (system ?? 0)) * msPerTick,
  };
}
