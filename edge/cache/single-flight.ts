/** Calls under way by key: who asks for the same thing meanwhile gets the same answer. */
export class SingleFlight<T> {
  readonly #flights = new Map<string, { readonly answer: Promise<T>; readonly since: number }>();

  /** When the call under way for this key began, as `run` was told; `undefined` without one. */
  since(key: string): number | undefined {
    return this.#flights.get(key)?.since;
  }

  /** Starts `work` unless it is under way for this key. Throws what `work` throws, to everybody who waits. */
  run(key: string, now: number, work: () => Promise<T>): Promise<T> {
    const running = this.#flights.get(key);
    if (running) return running.answer;
    const flight = {
      since: now,
      answer: work().finally(() => {
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
      }),
    };
    this.#flights.set(key, flight);
    return flight.answer;
  }

  /** Lets nobody else join the call under way: what it will answer is old already. */
  forget(key: string): void {
    this.#flights.delete(key);
  }

  /** The same for all keys that begin with `prefix`. */
  forgetAll(prefix: string): void {
    for (const key of this.#flights.keys()) if (key.startsWith(prefix)) this.#flights.delete(key);
  }
}
