import type { QueuePhase } from "../../../contracts/queue.ts";
import { type Block, blockSize, type Lease, usable } from "./leases.ts";
import type { ShardTotals, Snapshot } from "./room.ts";
import type { SyncReply, SyncRequest } from "./sync.ts";

/** A shard's memory of its lease and of the room. Places and passes are in its tables. */
export interface Shard {
  readonly generation: number;
  readonly shard: number;
  readonly shards: number;
  /** Of the last request made. */
  readonly sequence: number;
  /** Made, not yet answered: repeated as it is until it is. */
  readonly pending: SyncRequest | null;
  /** When the pending request was first made: a block is as old as the first asking for it. */
  readonly pendingSince: number;
  readonly lease: Lease | null;
  readonly known: { readonly snapshot: Snapshot; readonly at: number } | null;
  /** When the last request was made, Unix milliseconds. */
  readonly syncedAt: number;
  readonly tally: { readonly second: number; readonly count: number; readonly previous: number };
}

/** After this, what a shard knows is too old to give numbers by: the room may have opened, in milliseconds. */
const knownAgeMsMax = 2000;
/** After this there are no new claims: the room may have been paused or reset, in milliseconds. */
export const claimAgeMsMax = 60_000;
/** A coordinator never gets more calls a second than this from all its shards together. */
const coordinatorCallsPerSecond = 400;
/** How often a shard with something to tell reports at least, in milliseconds. */
const reportMs = 1000;

/**
 * @param incarnation grows with every start of the object: requests from before a crash never repeat
 */
export function createShard(identity: {
  readonly generation: number;
  readonly shard: number;
  readonly shards: number;
  readonly incarnation: number;
}): Shard {
  const { generation, shard, shards, incarnation } = identity;
  return {
    generation,
    shard,
    shards,
    sequence: incarnation * 2 ** 32,
    pending: null,
    pendingSince: 0,
    lease: null,
    known: null,
    syncedAt: Number.NEGATIVE_INFINITY,
    tally: { second: 0, count: 0, previous: 0 },
  };
}

/** Counts one joiner, with or without a number to give: leases are sized by it. */
export function countJoin(shard: Shard, now: number): Shard {
  const tally = tallyAt(shard.tally, now);
  return { ...shard, tally: { ...tally, count: tally.count + 1 } };
}

/** Takes the next number of the lease; null when a new block is needed first. */
export function takeNumber(shard: Shard, now: number): [Shard, number | null] {
  const { lease } = shard;
  if (!lease || !current(shard, now) || !usable(lease, { opened: opened(shard), now })) {
    return [shard, null];
  }
  return [{ ...shard, lease: { ...lease, next: lease.next + 1 } }, lease.next];
}

/** The next request to the coordinator, or the unanswered one again. */
export function startSync(
  shard: Shard,
  wishes: { readonly joins: number; readonly claims: number; readonly totals: ShardTotals },
  now: number,
): [Shard, SyncRequest] {
  if (shard.pending) return [{ ...shard, syncedAt: now }, shard.pending];
  const tally = tallyAt(shard.tally, now);
  const lastSecond = Math.max(tally.count, tally.previous);
  const left =
    current(shard, now) && usable(shard.lease, { opened: opened(shard), now })
      ? (shard.lease?.to ?? 0) - (shard.lease?.next ?? 0)
      : 0;
  const wantNumbers =
    wishes.joins > left
      ? blockSize({ lastSecond, waiting: wishes.joins, opened: opened(shard) })
      : 0;
  const sequence = shard.sequence + 1;
  const pending: SyncRequest = {
    generation: shard.generation,
    shard: shard.shard,
    sequence,
    wantNumbers,
    wantClaims: wishes.claims,
    totals: wishes.totals,
  };
  return [{ ...shard, sequence, pending, pendingSince: now, syncedAt: now, tally }, pending];
}

/** Takes an answer in. One to another request than the pending one changes nothing. */
export function finishSync(shard: Shard, reply: SyncReply, now: number): Shard {
  switch (reply.status) {
    case "synced": {
      if (reply.sequence !== shard.pending?.sequence) return shard;
      const lease = reply.block ? leaseOf(reply.block, shard, reply.snapshot) : shard.lease;
      return { ...shard, pending: null, lease, known: { snapshot: reply.snapshot, at: now } };
    }
    case "outdated":
    case "other-generation":
      return { ...shard, pending: null };
    default:
      return reply satisfies never;
  }
}

/** The least time between two requests of one shard, so that all of them together stay bounded. */
export function syncSpacingMs(shards: number): number {
  return Math.max(200, (shards / coordinatorCallsPerSecond) * 1000);
}

/**
 * When the shard must speak to the coordinator next.
 * @param work.waiting somebody waits for a number or a grant
 * @param work.unreported totals have changed
 * @param work.expiryAt when the next live pass runs out, Unix milliseconds; null when none is live
 * @returns Unix milliseconds, or null when it may sleep
 */
export function nextSyncAt(
  shard: Shard,
  work: {
    readonly waiting: boolean;
    readonly unreported: boolean;
    readonly expiryAt: number | null;
  },
): number | null {
  const spacing = syncSpacingMs(shard.shards);
  if (work.waiting || shard.pending) return shard.syncedAt + spacing;
  const reportAt = shard.syncedAt + Math.max(reportMs, spacing);
  if (work.unreported) return reportAt;
  return work.expiryAt === null ? null : Math.max(reportAt, work.expiryAt);
}

/** @returns the phase as far as the shard knows, or null when it knows nothing */
export function phaseOf(shard: Shard): QueuePhase | null {
  return shard.known?.snapshot.status.phase ?? null;
}

/** The answer may be a late repetition: the block can stem from before the opening that it tells of. */
function leaseOf(block: Block, shard: Shard, { status }: Snapshot): Lease {
  const isOpened = status.lotterySize !== undefined && block.from >= status.lotterySize;
  return { ...block, next: block.from, leasedAt: shard.pendingSince, opened: isOpened };
}

function opened(shard: Shard): boolean {
  return shard.known?.snapshot.status.lotterySize !== undefined;
}

/** Whether what the shard knows of the opening still holds: recent, and not from before the time it was due. */
function current(shard: Shard, now: number): boolean {
  const { known } = shard;
  if (!known || now - known.at > Math.max(knownAgeMsMax, 2 * syncSpacingMs(shard.shards))) {
    return false;
  }
  const opensAt = Date.parse(known.snapshot.status.opensAt);
  return opened(shard) || now < opensAt || known.at >= opensAt;
}

function tallyAt(tally: Shard["tally"], now: number): Shard["tally"] {
  const second = Math.floor(now / 1000);
  if (second === tally.second) return tally;
  return { second, count: 0, previous: second === tally.second + 1 ? tally.count : 0 };
}
