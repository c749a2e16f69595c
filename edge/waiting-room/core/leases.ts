/** Numbers that a shard may give out: `from` … `to − 1`. */
export interface Block {
  readonly from: number;
  readonly to: number;
}

/** A block in use. Only in memory: a restarted shard drops the rest, so that no number is ever given twice. */
export interface Lease extends Block {
  readonly next: number;
  readonly leasedAt: number;
  /** Leased after the opening: its numbers follow the lottery in order. */
  readonly opened: boolean;
}

/** Fewer would lease too often, more would leave gaps that must be waited out. */
export const blockSizeBounds = { min: 16, max: 1024 } as const;

/** After the opening a block dies so soon that nobody is overtaken by more than this, in milliseconds. */
export const openedLeaseMs = 1000;

/**
 * How many numbers to lease. Before the opening order means nothing, and a shard leases a second's joins at a
 * time. After it numbers are an order and unused ones are gaps, so few joins lease exactly what waits.
 * @param joins.lastSecond joins of the last second
 * @param joins.waiting joins that wait for a number right now
 */
export function blockSize(joins: {
  readonly lastSecond: number;
  readonly waiting: number;
  readonly opened: boolean;
}): number {
  const { min, max } = blockSizeBounds;
  if (!joins.opened) return clamp(Math.max(joins.lastSecond, joins.waiting), min, max);
  const expected = joins.lastSecond < min ? 0 : joins.lastSecond;
  return clamp(Math.max(joins.waiting, expected), 1, max);
}

/** @returns whether a number may still be taken from the lease */
export function usable(lease: Lease | null, room: { opened: boolean; now: number }): boolean {
  if (lease === null || lease.next >= lease.to) return false;
  if (lease.opened !== room.opened) return false; // numbers below the lottery's size are for early joiners
  return !lease.opened || room.now - lease.leasedAt < openedLeaseMs;
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}
