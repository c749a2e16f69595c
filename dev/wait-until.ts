/** Asks again and again until `attempt` gives something, and gives that back.
 * Throws `late()` after `timeoutMs`; an error thrown by `attempt` ends the wait at once. */
export async function waitUntil<T>(
  attempt: () => Promise<T | undefined>,
  options: { timeoutMs: number; everyMs?: number; late: () => Error },
): Promise<T> {
  const deadline = performance.now() + options.timeoutMs;
  for (;;) {
    const value = await attempt();
    if (value !== undefined) return value;
    if (performance.now() > deadline) throw options.late();
    await new Promise((resolve) => setTimeout(resolve, options.everyMs ?? 50));
  }
}
