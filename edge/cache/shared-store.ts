import type { CachedAnswer } from "./cached-answer.ts";

/** The cache that isolates of one data centre share. It may forget, it may fail: neither may be noticed. */
export interface SharedStore {
  get(key: string): Promise<CachedAnswer | undefined>;
  /** @param keepMs how long it is worth keeping; the store may drop it sooner */
  set(key: string, answer: CachedAnswer, keepMs: number): Promise<void>;
}
