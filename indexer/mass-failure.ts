/** Fewer refused documents than this in one batch are their own fault, whatever their share. */
const batchFailuresMin = 10;
const batchShareMax = 0.2;
const perMinuteMax = 50;

/**
 * Tells a poisonous document from a broken collection: when many fail, the fault is ours, and burying the whole
 * index as dead letters would not help anybody.
 */
export class FailureWindow {
  #recent: { atMs: number; id: string }[] = [];

  /**
   * Takes one batch's failures.
   * @returns whether it is time to stop
   */
  note(failedIds: readonly string[], batchSize: number, nowMs: number): boolean {
    this.#recent = this.#recent.filter((failure) => nowMs - failure.atMs < 60_000);
    for (const id of failedIds) {
      if (!this.#recent.some((failure) => failure.id === id)) {
        this.#recent.push({ atMs: nowMs, id });
      }
    }
    const inBatch = failedIds.length >= batchFailuresMin;
    if (inBatch && failedIds.length >= batchSize * batchShareMax) return true;
    return this.#recent.length >= perMinuteMax;
  }
}
