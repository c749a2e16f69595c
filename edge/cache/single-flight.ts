import { within } from "../within.ts";

/** Longer than any call takes that is still alive. */
const joinMsMax = 6_000;

/**
 * Calls under way by key: who asks for the same thing meanwhile gets the same answer. The runtime takes a request that
 * waits for nothing but another request's work for hung, and that other request may end before its work does: so
 * whoever joins waits with a timer of its own, and does the work itself when it runs out.
 */
export class SingleFlight<T> {
  readonly #flights = new Map<string, { readonly answer: Promise<T>; readonly since: number }>();

  /** When the call under way for this key began, as `run` was told; `undefined` without one. */
  since(key: string): number | undefined {
    return this.#flights.get(key)?.since;
  }

  /** Starts `work` unless it is under way for this key. Throws what `work` throws, to everybody who waits. */
  async run(key: string, now: number, work: () => Promise<T>): Promise<T> {
    const running = this.#flights.get(key);
    if (running) {
      const answer = await within(running.answer, joinMsMax);
      if (answer !== "late") return answer;
      if (this.#flights.get(key) === running) this.#flights.delete(key);
    }
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
