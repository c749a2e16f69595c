/** When something last happened to a key. Bounded: keys may be callers' to invent. */
export class Moments {
  readonly #times = new Map<string, number>();
  readonly #max: number;
  #floor = 0;

  /** @param max keys that are remembered; of others only {@link floor} is known */
  constructor(max: number) {
    this.#max = max;
  }

  /** Nothing that was forgotten happened later than this; 0 while nothing was. */
  get floor(): number {
    return this.#floor;
  }

  get size(): number {
    return this.#times.size;
  }

  get(key: string): number | undefined {
    return this.#times.get(key);
  }

  /** @param at Unix milliseconds, not below those of earlier calls */
  set(key: string, at: number): void {
    this.#times.delete(key); // keeps the map in order of time
    this.#times.set(key, at);
    for (const [oldest, time] of this.#times) {
      if (this.#times.size <= this.#max) return;
      this.#times.delete(oldest);
      this.#floor = Math.max(this.#floor, time);
    }
  }

  delete(key: string): void {
    this.#times.delete(key);
  }
}
