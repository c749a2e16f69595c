import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The command line of a running process, or nothing when there is no such process. */
export function processCommand(pid: number): string | undefined {
  if (process.platform !== "linux") return ask(pid, "command=");
  return readProc(pid, "cmdline")?.replaceAll("\0", " ").trim();
}

/** When a running process began, in the system's own form: with the id it names one process for good, where the id
 * alone may later be another's. Nothing when there is no such process. */
export function processStart(pid: number): string | undefined {
  if (process.platform !== "linux") return ask(pid, "lstart=");
  // The second field, the name in brackets, may itself hold spaces and brackets.
  const stat = readProc(pid, "stat");
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return undefined;
  }
}

function ask(pid: number, field: string): string | undefined {
  try {
    const output = execFileSync("ps", ["-o", field, "-p", String(pid)], { encoding: "utf8" });
    return output.trim() || undefined;
  } catch {
    return undefined;
  }
}
