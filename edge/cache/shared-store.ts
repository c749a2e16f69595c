import type { CachedAnswer, PackedAnswer } from "./cached-answer.ts";

/** What is known of a stored answer without reading its body. */
export type StoredMark = Pick<CachedAnswer, "etag" | "storedAtMs">;

/** The cache that isolates of one data centre share. It may forget, it may fail: neither may be noticed. */
export interface SharedStore {
  /** The newest mark of this key: cheap, where the body may be large. */
  mark(key: string): Promise<StoredMark | undefined>;
  get(key: string): Promise<CachedAnswer | undefined>;
  /** @param keepMs how long it is worth keeping; the store may drop it sooner */
  set(key: string, answer: PackedAnswer, keepMs: number): Promise<void>;
  /** The stored answer was confirmed: its mark gets the new time, its body stays where it is. */
  renew(key: string, mark: StoredMark, keepMs: number): Promise<void>;
}
