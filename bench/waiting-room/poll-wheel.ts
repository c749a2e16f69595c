/** When each of millions of visitors polls next: one linked list a second, in two typed arrays. */
export class PollWheel {
  readonly #next: Int32Array;
  readonly #heads: Int32Array;
  readonly #counts: Int32Array;

  constructor(visitors: number, seconds: number) {
    this.#next = new Int32Array(visitors);
    this.#heads = new Int32Array(seconds).fill(-1);
    this.#counts = new Int32Array(seconds);
  }

  add(visitor: number, second: number): void {
    const at = Math.min(second, this.#heads.length - 1);
    this.#next[visitor] = this.#heads[at] ?? -1;
    this.#heads[at] = visitor;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
  }

  count(second: number): number {
    return this.#counts[second] ?? 0;
  }

  /** Visits everybody who polls in this second; they may add themselves to later ones meanwhile. */
  each(second: number, visit: (visitor: number, index: number) => void): void {
    let index = 0;
    for (let visitor = this.#heads[second] ?? -1; visitor !== -1;) {
      const following = this.#next[visitor] ?? -1;
      visit(visitor, index++);
      visitor = following;
    }
  }
}
