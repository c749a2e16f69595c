import type { Build } from "./builds.ts";
import { BuildTask } from "./build-task.ts";
import { FanoutTask } from "./fanout-task.ts";
import { ReconcileTask } from "./reconcile-task.ts";
import { RequestTask } from "./request-task.ts";
import type { SessionContext } from "./session-context.ts";
import { SweepTask } from "./sweep-task.ts";
import type { Task } from "./task.ts";
import { DeadLetterTask, RecheckTask, RetireTask } from "./upkeep-tasks.ts";

export interface SessionTasks {
  readonly all: readonly Task[];
  /** Something was recorded for the fan-out to take up. */
  wakeFanout(): void;
}

/**
 * Everything that a session does beside the stream's batches.
 * @param onBuilt called when readers have moved over to the build's collection
 */
export function createTasks(
  ctx: SessionContext,
  build: Build | null,
  onBuilt: () => void,
): SessionTasks {
  const fanout = new FanoutTask(ctx);
  const reconcile = new ReconcileTask(ctx);
  const deadLetters = new DeadLetterTask(ctx);
  const all: Task[] = [
    new RequestTask(ctx, { reconcile, deadLetters }, build !== null),
    fanout,
    reconcile,
    deadLetters,
    new SweepTask(ctx),
    new RecheckTask(ctx),
    new RetireTask(ctx),
  ];
  if (build) all.push(new BuildTask(ctx, build, onBuilt));
  return { all, wakeFanout: () => fanout.wake() };
}
