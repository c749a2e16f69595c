import type { HedgeBudget } from "../hedge-budget.ts";
import { plainTimer, type SetTimer } from "../one-timer.ts";
import { within } from "../within.ts";

/**
 * Asks the second when the first fails, or is still silent after a while; whichever answers first counts.
 * @param options.afterMs how long the first is left alone
 * @param options.deadlineMs when nobody waits any longer, from the beginning
 * @param options.budget for asking the second although the first has not failed
 * @param options.isHopeless whether the first is known to answer nobody: then it counts as having failed
 * @returns an answer, or `"late"` at the deadline
 * @throws what the second throws, when both fail
 */
export async function hedge<T>(options: {
  readonly first: () => Promise<T>;
  readonly second: () => Promise<T>;
  readonly afterMs: number;
  readonly deadlineMs: number;
  readonly budget: HedgeBudget;
  readonly isHopeless?: (now: number) => boolean;
  readonly now: () => number;
  readonly setTimer?: SetTimer;
}): Promise<T | "late"> {
  const { second, budget, deadlineMs, now, isHopeless, setTimer = plainTimer } = options;
  const began = now();
  budget.earn();
  const first = options.first();
  // Mostly the first answers soon: then one timer was all.
  const early = await within(first, options.afterMs, setTimer).catch(() => "failed" as const);
  if (early !== "late" && early !== "failed") return early;
  const race = (): Promise<T> => {
    if (early === "failed") return second();
    const at = now();
    const asked = isHopeless?.(at) ? second() : budget.spend(second, at);
    if (!asked) return first.catch(second);
    return Promise.any([first, asked]).catch(() => asked); // with the second's own error
  };
  return within(race(), Math.max(0, began + deadlineMs - now()), setTimer);
}
