import { demandRebuild } from "./checkpoint.ts";
import { RestartError } from "./errors.ts";
import type { ReconcileTask } from "./reconcile-task.ts";
import { beginRequest, openRequests } from "./requests.ts";
import type { SessionContext } from "./session-context.ts";
import type { Task } from "./task.ts";
import type { DeadLetterTask } from "./upkeep-tasks.ts";

/** Takes up what operators ask for. */
export class RequestTask implements Task {
  readonly name = "requests";
  readonly #ctx: SessionContext;
  readonly #tasks: { reconcile: ReconcileTask; deadLetters: DeadLetterTask };
  readonly #building: boolean;
  /** Begun by this process: what another one had begun begins anew. */
  readonly #begun = new Set<string>();
  #dueMs = 0;

  constructor(
    ctx: SessionContext,
    tasks: { reconcile: ReconcileTask; deadLetters: DeadLetterTask },
    /** Whether the session began with a build. */
    building: boolean,
  ) {
    this.#ctx = ctx;
    this.#tasks = tasks;
    this.#building = building;
  }

  dueMs(): number {
    return this.#dueMs;
  }

  /** @throws RestartError when a rebuild is asked for, which a new session begins with */
  async step(): Promise<"more"> {
    const { pool, config, clock } = this.#ctx;
    this.#dueMs = clock.now() + config.REQUEST_MS;
    for (const request of await openRequests(pool, config.SLOT_NAME)) {
      if (this.#begun.has(request.id)) continue;
      this.#begun.add(request.id);
      // One that was running when a session ended is what the build under way is for.
      if (request.kind === "rebuild" && request.status === "running" && this.#building) continue;
      await beginRequest(pool, request.id);
      if (request.kind === "rebuild") {
        await demandRebuild(pool, config.SLOT_NAME, "requested");
        throw new RestartError("a rebuild was asked for");
      }
      if (request.kind === "reconcile") this.#tasks.reconcile.compareAll();
      else this.#tasks.deadLetters.retryAll();
    }
    return "more";
  }
}
