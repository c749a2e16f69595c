/** How long a cached answer may be used, in milliseconds of its age. Pure decisions; the clock is a parameter. */
export interface Lifetimes {
  /** Younger than this it is served as it is. */
  readonly freshMs: number;
  /** Younger than this it is served, and refreshed behind the visitor's back. */
  readonly refreshMs: number;
  /** Younger than this it is served when the source fails; older ones are gone. */
  readonly onErrorMs: number;
  /** Younger than this it is served even if it was said to be old: bounds how often the source is asked. */
  readonly settleMs?: number;
}

export type Age = "fresh" | "soft" | "hard" | "gone";

/** After a failed load the source is not asked again for this long, where there is a copy to serve. */
export const failurePauseMs = 1_000;
/** And for this long nobody waits for it: the copy is served, and the source asked behind the visitor's back. */
export const distrustMs = 5_000;

/** @param ageMs now minus the time of storing; a clock that went back counts as new */
export function judgeAge(ageMs: number, lifetimes: Lifetimes): Age {
  if (ageMs < lifetimes.freshMs) return "fresh";
  if (ageMs < lifetimes.refreshMs) return "soft";
  return ageMs < lifetimes.onErrorMs ? "hard" : "gone";
}

export type Plan =
  /** Serve the copy. */
  | "serve"
  /** Serve the copy and load a new one meanwhile. */
  | "serve-and-refresh"
  /** Load; if that fails, or takes longer than anybody should wait, serve the copy, marked as stale. */
  | "load-or-stale"
  /** Load; if that fails there is nothing to serve. */
  | "load";

/**
 * What to do for a request.
 * @param age of the best copy at hand, or `undefined` without one
 * @param failedAgoMs time since the last load of this key failed, or `undefined`
 */
export function planRequest(age: Age | undefined, failedAgoMs = Number.POSITIVE_INFINITY): Plan {
  switch (age) {
    case undefined:
    case "gone":
      return "load";
    case "fresh":
      return "serve";
    case "soft":
      return failedAgoMs < failurePauseMs ? "serve" : "serve-and-refresh";
    case "hard":
      if (failedAgoMs < failurePauseMs) return "serve";
      return failedAgoMs < distrustMs ? "serve-and-refresh" : "load-or-stale";
    default:
      return age satisfies never;
  }
}

/**
 * How long a request that has a copy still waits for a load.
 * @param loadingForMs how long the load has been under way: whoever comes late to a hung one does not wait as long again
 */
export function patienceLeftMs(patienceMs: number, loadingForMs: number): number {
  return Math.max(0, patienceMs - loadingForMs);
}
