import type { CachedAnswer } from "./cached-answer.ts";
import { MemoryStore } from "./memory-store.ts";

/**
 * The isolate's memory in two bounds: what was asked for once stands apart until it is asked for again, so that all that
 * is asked for only once cannot push out what many ask for, and need not be packed. The idea is that of 2Q (Johnson
 * and Shasha, 1994).
 */
export class IsolateMemory {
  readonly #kept: MemoryStore;
  readonly #once: MemoryStore;

  /** Both in bytes. */
  constructor(bounds: { readonly keptMax: number; readonly onceMax: number }) {
    this.#kept = new MemoryStore(bounds.keptMax);
    this.#once = new MemoryStore(bounds.onceMax);
  }

  get(key: string): CachedAnswer | undefined {
    return this.#kept.get(key) ?? this.#once.get(key);
  }

  /** Keeps it, in the place of what was there. */
  keep(key: string, entry: CachedAnswer): void {
    this.#once.delete(key);
    this.#kept.set(key, entry);
  }

  /** Takes in what nobody has asked for before. */
  keepOnce(key: string, entry: CachedAnswer): void {
    this.#kept.delete(key);
    this.#once.set(key, entry);
  }

  /** It was asked for again. @returns whether that was the first time */
  askedAgain(key: string): boolean {
    const entry = this.#once.get(key);
    if (entry) this.keep(key, entry);
    return entry !== undefined;
  }

  /** Puts one in the other's place, unless that has gone. */
  replace(key: string, entry: CachedAnswer, by: CachedAnswer): void {
    if (!this.#kept.replace(key, entry, by)) this.#once.replace(key, entry, by);
  }
}
