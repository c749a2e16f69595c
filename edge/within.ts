import { plainTimer, type SetTimer } from "./one-timer.ts";

/**
 * Waits for a promise, but not longer than `ms`. The promise may be another request's: whoever waits goes on in their
 * own. For that it has to be `withResolvers`: a `new Promise`, once the runtime has compiled it for speed, no longer
 * knows whose it is, and all that follows would be done in the name of the request that was waited for (decision 0133).
 * @returns what it gives, or `"late"`
 * @throws what it throws, if that comes in time
 */
export function within<T>(
  promise: Promise<T>,
  ms: number,
  setTimer: SetTimer = plainTimer,
): Promise<T | "late"> {
  const { promise: first, resolve, reject } = Promise.withResolvers<T | "late">();
  const cancel = setTimer(ms, () => resolve("late"));
  promise.then(resolve, reject);
  first.then(cancel, cancel);
  return first;
}
