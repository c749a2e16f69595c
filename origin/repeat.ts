import { setTimeout as sleep } from "node:timers/promises";
import type { Deps } from "./deps.ts";

/** After a failure: the database or the edge may be down. In milliseconds. */
const failedPauseMs = 5_000;

/**
 * Does a job again and again beside the requests, and goes on after failures. Ends soon after `stopping` is aborted,
 * with the round under way done.
 * @param job its name, for the log
 * @param pauseMs between two rounds with nothing to do
 * @param round says whether there may be more to do right away
 */
export async function repeat(
  { logger, stopping }: Pick<Deps, "logger" | "stopping">,
  job: string,
  pauseMs: number,
  round: () => Promise<boolean>,
): Promise<void> {
  while (!stopping.aborted) {
    let wait = pauseMs;
    try {
      if (await round()) wait = 0;
    } catch (err) {
      logger.warn({ err, job }, "a job failed");
      wait = failedPauseMs;
    }
    await sleep(wait, undefined, { signal: stopping }).catch(() => undefined);
  }
}
