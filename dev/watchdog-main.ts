import { createInterface } from "node:readline";
import { isAlive, signalGroup } from "./process-group.ts";

/** Ends the parts of a stack whose own process died without stopping them (kill -9, out of memory).
 * Runs beside the stack in a session of its own. Standard input is a pipe from the stack: `watch PID SIGNAL` and
 * `forget PID` lines; its end means that the stack is gone, however it went. */
const watched = new Map<number, NodeJS.Signals>();

/** How long a part may take to end by itself; Postgres writes a checkpoint in this time. */
const graceMs = 10_000;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);

for await (const line of createInterface({ input: process.stdin })) {
  const [verb, pid, signal] = line.split(" ");
  if (verb === "watch") watched.set(Number(pid), signal as NodeJS.Signals);
  if (verb === "forget") watched.delete(Number(pid));
}

for (const [pid, signal] of watched) signalGroup(pid, signal);
const deadline = Date.now() + graceMs;
while ([...watched.keys()].some(isAlive) && Date.now() < deadline) {
  await new Promise((resolve) => setTimeout(resolve, 50));
}
for (const pid of watched.keys()) if (isAlive(pid)) signalGroup(pid, "SIGKILL");
