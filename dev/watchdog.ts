import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("watchdog-main.ts", import.meta.url));
let running: ChildProcess | undefined;
const watched = new Set<number>();

/** From now on, should this process die without stopping `pid`, the watchdog ends it with `signal`, then by force. */
export function watch(pid: number, signal: NodeJS.Signals): void {
  watched.add(pid);
  running ??= startWatchdog();
  running.stdin?.write(`watch ${pid} ${signal}\n`);
}

/** The process has ended: its id may soon belong to somebody else. */
export function forget(pid: number): void {
  if (!watched.delete(pid)) return;
  running?.stdin?.write(`forget ${pid}\n`);
  if (watched.size > 0) return;
  running?.stdin?.end();
  running = undefined;
}

function startWatchdog(): ChildProcess {
  // A group of its own: Ctrl-C in the terminal must reach the stack only.
  const child = spawn(process.execPath, [program], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    env: {},
  });
  child.unref();
  const { stdin } = child;
  if (stdin !== null) {
    stdin.on("error", () => undefined);
    if ("unref" in stdin && typeof stdin.unref === "function") stdin.unref();
  }
  return child;
}
