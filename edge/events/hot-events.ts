/** So many loads within the window, in one isolate, make an event hot: hardly a second passes without one. */
const loadsMin = 4;
const windowMs = 10_000;
/** Events that are counted at most; those that were asked for least lately are forgotten. */
const eventsMax = 2_000;

/** Knows which events are asked for all the time: for them one object in the world asks the origin for everybody. */
export class HotEvents {
  readonly #loads = new Map<string, number[]>();

  /**
   * Counts a load.
   * @param now Unix milliseconds
   * @returns whether the event is hot
   */
  note(eventId: string, now: number): boolean {
    const recent = (this.#loads.get(eventId) ?? []).filter((at) => now - at < windowMs);
    this.#loads.delete(eventId); // keeps the map in order of time
    this.#loads.set(eventId, [...recent, now].slice(-loadsMin));
    for (const oldest of this.#loads.keys()) {
      if (this.#loads.size <= eventsMax) break;
      this.#loads.delete(oldest);
    }
    return recent.length + 1 >= loadsMin;
  }
}
