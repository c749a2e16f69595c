import type { DeadLetterTask } from "./dead-letter-task.ts";
import type { ReconcileTask } from "./reconcile-task.ts";
import { beginRequest, openRequests } from "./requests.ts";
import type { SessionContext } from "./session-context.ts";
import type { Task } from "./task.ts";

/** Takes up what operators ask for. */
export class RequestTask implements Task {
  readonly name = "requests";
  readonly #ctx: SessionContext;
  readonly #tasks: { reconcile: ReconcileTask; deadLetters: DeadLetterTask };
  /** Begun by this process: what another one had begun begins anew. */
  readonly #begun = new Set<string>();
  #dueMs = 0;

  constructor(
    ctx: SessionContext,
    tasks: { reconcile: ReconcileTask; deadLetters: DeadLetterTask },
  ) {
    this.#ctx = ctx;
    this.#tasks = tasks;
  }

  dueMs(): number {
    return this.#dueMs;
  }

  async step(): Promise<"more"> {
    const { pool, config, clock } = this.#ctx;
    this.#dueMs = clock.now() + config.REQUEST_MS;
    for (const request of await openRequests(pool, config.SLOT_NAME)) {
      if (this.#begun.has(request.id)) continue;
      this.#begun.add(request.id);
      await beginRequest(pool, request.id);
      // A build that is under way already is as good as a new one: what is wrong in it is mended at the end.
      if (request.kind === "rebuild") await this.#ctx.startBuild("requested");
      else if (request.kind === "reconcile") this.#tasks.reconcile.compareAll();
      else this.#tasks.deadLetters.retryAll();
    }
    return "more";
  }
}
