/** Nobody waits longer for an answer: what was not given back by then never will be. */
const heldMsMax = 1_000;

/**
 * How many may ask the second while the first is only slow. When the first is slow because there is much to do, asking
 * another one for all of it makes everything slower still.
 */
export class HedgeBudget {
  readonly #max: number;
  readonly #share: number | undefined;
  /** How many more the share allows. */
  #saved: number;
  /** When each began. A request that its client gave up may end before its work does, and never say so. */
  readonly #since = new Map<symbol, number>();

  /**
   * @param max at a time
   * @param share of all who ask the first, in the long run; after a quiet time `max` more. Absent: as many as there are
   */
  constructor(max: number, share?: number) {
    this.#max = max;
    this.#share = share;
    this.#saved = max;
  }

  /** Somebody asks the first. */
  earn(): void {
    this.#saved = Math.min(this.#max, this.#saved + (this.#share ?? 0));
  }

  /**
   * Does it if there is room.
   * @param now Unix milliseconds
   * @returns `undefined` if there is none
   */
  spend<T>(ask: () => Promise<T>, now: number): Promise<T> | undefined {
    for (const [one, since] of this.#since) if (now - since >= heldMsMax) this.#since.delete(one);
    if (this.#since.size >= this.#max) return undefined;
    if (this.#share !== undefined) {
      if (this.#saved < 1) return undefined;
      this.#saved -= 1;
    }
    const mine = Symbol("hedge");
    this.#since.set(mine, now);
    return ask().finally(() => this.#since.delete(mine));
  }
}
