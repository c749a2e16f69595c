/** Fewer than this may all be unlucky. */
const waitingMin = 3;
/** A server that has much to do still answers somebody within this time. */
const silentMs = 200;
/** Nobody waits for it so long, though a request that ended early never says that it does not. */
const waitingMsMax = 1_000;

/**
 * Tells a server that hangs from one that is slow because there is much to do: the slow one answers others meanwhile.
 * So nobody has to wait for their own time limit to learn that it hangs.
 */
export class Silence {
  /** When those asked who have heard nothing, and after whom nobody has. */
  #askedAt: number[] = [];

  /** @param now Unix milliseconds, here and below */
  asked(now: number): void {
    while (now - (this.#askedAt[0] ?? now) >= waitingMsMax) this.#askedAt.shift();
    this.#askedAt.push(now);
  }

  /** It said anything at all, to anybody. */
  answered(): void {
    if (this.#askedAt.length > 0) this.#askedAt = [];
  }

  isSilent(now: number): boolean {
    const waiting = this.#askedAt.filter((at) => now - at < waitingMsMax);
    return waiting.length >= waitingMin && now - (waiting[0] ?? now) >= silentMs;
  }
}
