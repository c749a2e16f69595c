/** How long a cached answer may be used, in milliseconds of its age. Pure decisions; the clock is a parameter. */
export interface Lifetimes {
  /** Younger than this it is served as it is. */
  readonly freshMs: number;
  /** Younger than this it is served, and refreshed behind the visitor's back. */
  readonly refreshMs: number;
  /** Younger than this it is served when the source fails; older ones are gone. */
  readonly onErrorMs: number;
}

export type Age = "fresh" | "soft" | "hard" | "gone";

/** After a failed load, how long the stale copy is served at once instead of waiting for the next failure. */
export const failurePauseMs = 1_000;

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
  /** Load; if that fails serve the copy, marked as stale. */
  | "load-or-stale"
  /** Load; if that fails there is nothing to serve. */
  | "load";

/**
 * What to do for a request.
 * @param age of the best copy at hand, or `undefined` without one
 * @param failedAgoMs time since the last load of this key failed, or `undefined`
 */
export function planRequest(age: Age | undefined, failedAgoMs: number | undefined): Plan {
  switch (age) {
    case undefined:
    case "gone":
      return "load";
    case "fresh":
      return "serve";
    case "soft":
      return "serve-and-refresh";
    case "hard":
      return failedAgoMs !== undefined && failedAgoMs < failurePauseMs ? "serve" : "load-or-stale";
    default:
      return age satisfies never;
  }
}
