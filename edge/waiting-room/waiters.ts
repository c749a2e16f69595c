/** People who wait for the coordinator, in order of arrival; who asks twice waits once. */
export class Waiters<Key, Answer> {
  readonly #waiting = new Map<
    Key,
    { promise: Promise<Answer>; settle: (answer: Answer) => void }
  >();
  readonly #otherwise: Answer;
  readonly #timeoutMs: number;

  /** @param otherwise the answer to those who have waited for `timeoutMs` in vain */
  constructor(otherwise: Answer, timeoutMs: number) {
    this.#otherwise = otherwise;
    this.#timeoutMs = timeoutMs;
  }

  get size(): number {
    return this.#waiting.size;
  }

  has(key: Key): boolean {
    return this.#waiting.has(key);
  }

  keys(): Key[] {
    return [...this.#waiting.keys()];
  }

  async wait(key: Key): Promise<Answer> {
    const waiting = this.#waiting.get(key);
    if (waiting) return await waiting.promise;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const timer = setTimeout(() => this.settle(key, this.#otherwise), this.#timeoutMs);
    const settle = (answer: Answer) => {
      clearTimeout(timer);
      resolve(answer);
    };
    this.#waiting.set(key, { promise, settle });
    return await promise;
  }

  settle(key: Key, answer: Answer): void {
    this.#waiting.get(key)?.settle(answer);
    this.#waiting.delete(key);
  }

  settleAll(answer: Answer): void {
    for (const key of this.keys()) this.settle(key, answer);
  }
}
