import { within } from "../within.ts";

/**
 * Asks the second when the first fails, or is still silent after a while; whichever answers first counts.
 * @param options.afterMs how long the first is left alone
 * @param options.deadlineMs when nobody waits any longer, from the beginning
 * @returns an answer, or `"late"` at the deadline
 * @throws what the second throws, when both fail
 */
export function hedge<T>(options: {
  readonly first: () => Promise<T>;
  readonly second: () => Promise<T>;
  readonly afterMs: number;
  readonly deadlineMs: number;
}): Promise<T | "late"> {
  const first = options.first();
  const race = async (): Promise<T> => {
    const early = await within(first, options.afterMs).catch(() => "failed" as const);
    if (early !== "late" && early !== "failed") return early;
    const second = options.second();
    if (early === "failed") return second;
    return Promise.any([first, second]).catch(() => second); // with the second's own error
  };
  return within(race(), options.deadlineMs);
}
