/** Less than this share of what there was is too little: edits take events away, but never so many at once. */
const wholeShare = 0.99;
/** An index that stays smaller for so long has become smaller: nothing is being read back any more. */
const settledMs = 30_000;

/**
 * Knows whether the index holds what it held before it failed. After a crash Typesense says that it is well while it
 * still reads its documents back, and finds only some of them meanwhile; but each of its answers says how many it has.
 */
export class IndexWatch {
  #known: number | undefined;
  #isDoubted = false;
  #last: { readonly documents: number; readonly since: number } | undefined;

  /** How many documents it held when it was last believed; `undefined` when nobody has said. */
  get known(): number | undefined {
    return this.#known;
  }

  /** What others have seen: for one who begins while the index may be being read back. */
  learn(documents: number): void {
    if (this.#known !== undefined) return;
    this.#known = documents;
    this.#isDoubted = true;
  }

  /** It did not answer, or not well: who knows what it has lost. */
  failed(): void {
    this.#isDoubted = true;
  }

  /**
   * Whether an answer counts.
   * @param documents how many there were to choose from, as the answer says
   * @param now Unix milliseconds
   */
  isWhole(documents: number, now: number): boolean {
    if (!this.#isDoubted || this.#known === undefined || documents >= this.#known * wholeShare) {
      return this.#believe(documents);
    }
    if (this.#last?.documents !== documents) this.#last = { documents, since: now };
    return now - this.#last.since >= settledMs && this.#believe(documents);
  }

  #believe(documents: number): true {
    this.#known = documents;
    this.#isDoubted = false;
    this.#last = undefined;
    return true;
  }
}
