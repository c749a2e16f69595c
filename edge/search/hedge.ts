import { within } from "../within.ts";

/**
 * How many may ask the second while the first is only slow. When the first is slow because there is much to do, asking
 * another one for all of it makes everything slower still.
 */
export class HedgeBudget {
  readonly #max: number;
  #taken = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Does it if there is room. @returns `undefined` if there is none */
  spend<T>(ask: () => Promise<T>): Promise<T> | undefined {
    if (this.#taken >= this.#max) return undefined;
    this.#taken++;
    return ask().finally(() => {
      this.#taken--;
    });
  }
}

/**
 * Asks the second when the first fails, or is still silent after a while; whichever answers first counts.
 * @param options.afterMs how long the first is left alone
 * @param options.deadlineMs when nobody waits any longer, from the beginning
 * @param options.budget for asking the second although the first has not failed
 * @returns an answer, or `"late"` at the deadline
 * @throws what the second throws, when both fail
 */
export function hedge<T>(options: {
  readonly first: () => Promise<T>;
  readonly second: () => Promise<T>;
  readonly afterMs: number;
  readonly deadlineMs: number;
  readonly budget: HedgeBudget;
}): Promise<T | "late"> {
  const first = options.first();
  const race = async (): Promise<T> => {
    const early = await within(first, options.afterMs).catch(() => "failed" as const);
    if (early !== "late" && early !== "failed") return early;
    if (early === "failed") return options.second();
    const second = options.budget.spend(options.second);
    if (!second) return first.catch(options.second);
    return Promise.any([first, second]).catch(() => second); // with the second's own error
  };
  return within(race(), options.deadlineMs);
}
