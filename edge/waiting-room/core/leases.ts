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

/** More would leave gaps that must be waited out, when a shard restarts. */
export const blockSizeMax = 1024;
/** Fewer joins a second than this, and after the opening it pays to ask for each. */
const fewJoins = 16;

/** After the opening a block dies so soon that nobody is overtaken by more than this, in milliseconds. */
export const openedLeaseMs = 1000;

/**
 * How many numbers to lease: a second's joins at a time, so that a shard leases about once a second whatever the
 * load. Numbers that are never given out are no-shows to be waited for, so few joins get exactly what waits:
 * always after the opening, where the rest of a block dies within a second.
 * @param joins.lastSecond joins of the last second
 * @param joins.waiting joins that wait for a number right now
 */
export function blockSize(joins: {
  readonly lastSecond: number;
  readonly waiting: number;
  readonly opened: boolean;
}): number {
  const expected = joins.opened && joins.lastSecond < fewJoins ? 0 : joins.lastSecond;
  return Math.min(Math.max(joins.waiting, expected, 1), blockSizeMax);
}

/** @returns whether a number may still be taken from the lease */
export function usable(lease: Lease | null, room: { opened: boolean; now: number }): boolean {
  if (lease === null || lease.next >= lease.to) return false;
  if (lease.opened !== room.opened) return false; // numbers below the lottery's size are for early joiners
  return !lease.opened || room.now - lease.leasedAt < openedLeaseMs;
}
