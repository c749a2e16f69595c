import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { LoadOutcome, LoadPlan } from "./load-plan.ts";

const program = fileURLToPath(new URL("load-main.ts", import.meta.url));

/**
 * Runs a plan in a process of its own and waits for its end.
 * @throws Error when the process ends without an outcome
 */
export async function runLoad(plan: LoadPlan): Promise<LoadOutcome> {
  const child = fork(program, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  return await new Promise((resolve, reject) => {
    child.once("message", (outcome) => resolve(outcome as LoadOutcome));
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the load ended early (${code})`)));
    child.send(plan);
  });
}
