import type { CachedAnswer } from "./cached-answer.ts";

/** What an entry costs beside its body, in bytes; an estimate on the high side. */
const entryOverhead = 512;

/** The isolate's memory: bounded in bytes, the least recently used go first. A `Map` keeps the order of insertion. */
export class MemoryStore {
  readonly #entries = new Map<string, CachedAnswer>();
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): CachedAnswer | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry;
  }

  /** Keeps the entry, unless it alone would take a quarter of all there is. */
  set(key: string, entry: CachedAnswer): void {
    this.delete(key);
    const cost = costOf(key, entry);
    if (cost > this.#bytesMax / 4) return;
    this.#entries.set(key, entry);
    this.#bytes += cost;
    if (this.#bytes > this.#bytesMax) this.#makeRoom();
  }

  #makeRoom(): void {
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#bytesMax) return;
      this.delete(oldest);
    }
  }

  /** Puts one in the other's place, unless that has gone. @returns whether it has done so */
  replace(key: string, entry: CachedAnswer, by: CachedAnswer): boolean {
    if (this.#entries.get(key) !== entry) return false;
    this.#entries.set(key, by); // which leaves it where it is in the order of use
    this.#bytes += costOf(key, by) - costOf(key, entry);
    return true;
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#bytes -= costOf(key, entry);
  }
}

function costOf(key: string, entry: CachedAnswer): number {
  // A text here is ASCII, which the runtime keeps in a byte a letter.
  return entry.body.length + key.length * 2 + entryOverhead;
}
