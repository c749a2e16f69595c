import { DeadLetterTask } from "./dead-letter-task.ts";
import { FanoutTask } from "./fanout-task.ts";
import { ReconcileTask } from "./reconcile-task.ts";
import { RequestTask } from "./request-task.ts";
import type { SessionContext } from "./session-context.ts";
import type { Task } from "./task.ts";
import { aliasTask, recheckTask, retireTask, sweepTask } from "./upkeep-tasks.ts";

export interface SessionTasks {
  readonly all: readonly Task[];
  /** Something was recorded for the fan-out to take up. */
  wakeFanout(): void;
}

/** Everything that a session does beside the stream's batches, but for builds. */
export function createTasks(ctx: SessionContext): SessionTasks {
  const fanout = new FanoutTask(ctx);
  const reconcile = new ReconcileTask(ctx);
  const deadLetters = new DeadLetterTask(ctx);
  const all: Task[] = [
    new RequestTask(ctx, { reconcile, deadLetters }),
    fanout,
    reconcile,
    deadLetters,
    sweepTask(ctx),
    aliasTask(ctx),
    recheckTask(ctx),
    retireTask(ctx),
  ];
  return { all, wakeFanout: () => fanout.wake() };
}
