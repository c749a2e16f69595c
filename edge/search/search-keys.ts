/** Longer ones are hardly asked twice, and somebody's invention. */
const queryLengthMax = 300;

/**
 * What a search comes to, by its query as it was typed: reading and folding it costs more than answering from memory.
 * Bounded: queries are callers' to invent.
 */
export class SearchKeys {
  readonly #keys = new Map<string, string>();
  readonly #max: number;

  /** @param max queries that are remembered; the oldest go first */
  constructor(max: number) {
    this.#max = max;
  }

  get(query: string): string | undefined {
    return this.#keys.get(query);
  }

  /**
   * @param query as it stands in the address, without its question mark
   * @param key what the normal search is cached by; the same query always comes to the same
   */
  note(query: string, key: string): void {
    if (query.length > queryLengthMax) return;
    this.#keys.set(query, key);
    if (this.#keys.size <= this.#max) return;
    const [oldest] = this.#keys.keys();
    if (oldest !== undefined) this.#keys.delete(oldest);
  }
}
