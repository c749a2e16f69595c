import { plainTimer, type SetTimer } from "./one-timer.ts";

/**
 * Waits for a promise, but not longer than `ms`.
 * @returns what it gives, or `"late"`
 * @throws what it throws, if that comes in time
 */
export function within<T>(
  promise: Promise<T>,
  ms: number,
  setTimer: SetTimer = plainTimer,
): Promise<T | "late"> {
  return new Promise((resolve, reject) => {
    const cancel = setTimer(ms, () => resolve("late"));
    promise.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error: unknown) => {
        cancel();
        reject(error);
      },
    );
  });
}
