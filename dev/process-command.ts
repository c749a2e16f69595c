import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The command line of a running process, or nothing when there is no such process. */
export function processCommand(pid: number): string | undefined {
  try {
    if (process.platform === "linux") {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    }
    return execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    return undefined;
  }
}
