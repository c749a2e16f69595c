import { within } from "../within.ts";

/** Nobody waits longer for an answer: what was not given back by then never will be. */
const heldMsMax = 1_000;

/**
 * How many may ask the second while the first is only slow. When the first is slow because there is much to do, asking
 * another one for all of it makes everything slower still.
 */
export class HedgeBudget {
  readonly #max: number;
  /** When each began. A request that its client gave up may end before its work does, and never say so. */
  readonly #since = new Map<symbol, number>();

  constructor(max: number) {
    this.#max = max;
  }

  /**
   * Does it if there is room.
   * @param now Unix milliseconds
   * @returns `undefined` if there is none
   */
  spend<T>(ask: () => Promise<T>, now: number): Promise<T> | undefined {
    for (const [one, since] of this.#since) if (now - since >= heldMsMax) this.#since.delete(one);
    if (this.#since.size >= this.#max) return undefined;
    const mine = Symbol("hedge");
    this.#since.set(mine, now);
    return ask().finally(() => this.#since.delete(mine));
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
export async function hedge<T>(options: {
  readonly first: () => Promise<T>;
  readonly second: () => Promise<T>;
  readonly afterMs: number;
  readonly deadlineMs: number;
  readonly budget: HedgeBudget;
  readonly now: () => number;
}): Promise<T | "late"> {
  const { second, budget, deadlineMs, now } = options;
  const began = now();
  const first = options.first();
  // Mostly the first answers soon: then one timer was all.
  const early = await within(first, options.afterMs).catch(() => "failed" as const);
  if (early !== "late" && early !== "failed") return early;
  const race = (): Promise<T> => {
    if (early === "failed") return second();
    const asked = budget.spend(second, now());
    if (!asked) return first.catch(second);
    return Promise.any([first, asked]).catch(() => asked); // with the second's own error
  };
  return within(race(), Math.max(0, began + deadlineMs - now()));
}
