/** After this many failures in a row a part is left alone for a while. */
const failuresMax = 3;
/** Long enough to spare visitors the wait, short enough to notice soon that the part is back. */
const openMs = 3_000;

/** Spares everybody the wait for a part that is known to be dead; lets one request through now and then to find out. */
export class Breaker {
  #failures = 0;
  #closedFrom = 0;

  /** @param now Unix milliseconds */
  isOpen(now: number): boolean {
    if (this.#failures < failuresMax || now >= this.#closedFrom) {
      // The next one is let through as a probe: until it is answered the others go on being spared.
      if (this.#failures >= failuresMax) this.#closedFrom = now + openMs;
      return false;
    }
    return true;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  /** @param pauseMs how long it is left alone, once it is */
  failed(now: number, pauseMs = openMs): void {
    this.#failures++;
    this.#closedFrom = now + pauseMs;
  }
}
