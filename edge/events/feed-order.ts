/** Where a feed stands: the last change that was taken, and the epoch that numbers it. */
export interface FeedPosition {
  readonly epoch: number;
  readonly to: number;
}

export type FeedOrder =
  /** It follows what was taken before. */
  | "next"
  /** It was taken before; it does no harm. */
  | "again"
  /** Something before it never came, or may not have. */
  | "gap";

/**
 * What a batch of changes is to one who has taken others. Another epoch means that its sender began anew, and dropped
 * what it had still to say: it does not matter whether the number is higher or, after a restored database, lower.
 * @param last `undefined` when nothing was taken yet: nobody knows what was said before
 */
export function judgeBatch(
  last: FeedPosition | undefined,
  batch: FeedPosition & { readonly from: number },
): FeedOrder {
  if (!last || batch.epoch !== last.epoch) return "gap";
  if (batch.to <= last.to) return "again";
  return batch.from <= last.to + 1 ? "next" : "gap";
}
