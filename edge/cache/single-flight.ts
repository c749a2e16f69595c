/** Calls under way by key: who asks for the same thing meanwhile gets the same answer. */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Promise<T>>();

  /** Starts `work` unless it is under way for this key. Throws what `work` throws, to everybody who waits. */
  run(key: string, work: () => Promise<T>): Promise<T> {
    const running = this.#flights.get(key);
    if (running) return running;
    const flight = work().finally(() => this.#flights.delete(key));
    this.#flights.set(key, flight);
    return flight;
  }
}
