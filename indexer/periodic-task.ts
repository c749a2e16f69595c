import type { Clock } from "./clock.ts";
import type { Task } from "./task.ts";

/**
 * A task that is due again and again, the first time at once.
 * @param step does what is due, and gives after how many milliseconds it is due again
 */
export function periodicTask(name: string, clock: Clock, step: () => Promise<number>): Task {
  let dueMs = 0;
  return {
    name,
    dueMs: () => dueMs,
    step: async () => {
      const inMs = await step();
      dueMs = clock.now() + inMs;
      return "more";
    },
  };
}
