/** Asks again and again until `attempt` gives something, and gives that back.
 * Throws `late()` after `timeoutMs`; an error thrown by `attempt`, or the signal's abort, ends the wait at once. */
export async function waitUntil<T>(
  attempt: () => Promise<T | undefined>,
  options: { timeoutMs: number; late: () => Error; everyMs?: number; signal?: AbortSignal },
): Promise<T> {
  const deadline = performance.now() + options.timeoutMs;
  for (;;) {
    const value = await attempt();
    if (value !== undefined) return value;
    options.signal?.throwIfAborted();
    if (performance.now() > deadline) throw options.late();
    await new Promise((resolve) => setTimeout(resolve, options.everyMs ?? 50));
  }
}
