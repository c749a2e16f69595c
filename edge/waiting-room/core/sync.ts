import type { Block } from "./leases.ts";
import { type Account, type Room, type ShardTotals, type Snapshot, totalsOf } from "./room.ts";
import { snapshotOf } from "./status.ts";
import { openIfDue } from "./step.ts";

/** A shard's report and wishes. A shard has one request under way at a time, and repeats it until it is answered. */
export interface SyncRequest {
  readonly generation: number;
  readonly shard: number;
  /** Grows with every new request; a repeated one keeps its own. */
  readonly sequence: number;
  readonly wantNumbers: number;
  readonly wantClaims: number;
  readonly totals: ShardTotals;
}

export type SyncReply =
  | {
      readonly status: "synced";
      readonly sequence: number;
      readonly block: Block | null;
      readonly granted: number;
      readonly snapshot: Snapshot;
    }
  /** The request is older than one that was answered: nothing in it counts. */
  | { readonly status: "outdated" }
  /** The room was reset, or the shard belongs to none. */
  | { readonly status: "other-generation" };

/**
 * Answers one request. The caller must make the room durable before the reply leaves.
 * @returns the room after it, the same object where nothing changed but the clock
 */
export function sync(before: Room, request: SyncRequest, now: number): [Room, SyncReply] {
  const account = before.accounts[request.shard];
  if (request.generation !== before.settings.generation || !account) {
    return [before, { status: "other-generation" }];
  }
  if (request.sequence < account.sequence) return [before, { status: "outdated" }];
  const room = openIfDue(before, now);
  if (request.sequence === account.sequence) {
    return [room, replyOf(room, account, now)];
  }
  const next = answered(room, account, request);
  return [next.room, replyOf(next.room, next.account, now)];
}

function answered(
  room: Room,
  old: Account,
  request: SyncRequest,
): { room: Room; account: Account } {
  const size = room.phase === "closed" ? 0 : request.wantNumbers;
  const block = size > 0 ? { from: room.issued, to: room.issued + size } : null;
  const reported = withAccount(room, request.shard, {
    sequence: request.sequence,
    block,
    granted: 0,
    totals: grown(old.totals, request.totals),
  });
  // The bound holds here, whatever the controller expected: no grant beyond the places that are free.
  const free = Math.max(0, room.settings.maxActive - totalsOf(reported).active);
  const granted = room.phase === "open" ? Math.min(request.wantClaims, free) : 0;
  const account: Account = {
    sequence: request.sequence,
    block,
    granted,
    totals: grown(old.totals, request.totals),
  };
  return {
    account,
    room: {
      ...withAccount(room, request.shard, account),
      issued: room.issued + size,
      turnedAway: room.turnedAway || granted < request.wantClaims,
    },
  };
}

function replyOf(room: Room, account: Account, now: number): SyncReply {
  return {
    status: "synced",
    sequence: account.sequence,
    block: account.block,
    granted: account.granted,
    snapshot: snapshotOf(room, now),
  };
}

function withAccount(room: Room, shard: number, account: Account): Room {
  return { ...room, accounts: room.accounts.with(shard, account) };
}

/** Totals only grow; a shard that reports less has lost its memory, and what it once said still counts. */
function grown(old: ShardTotals, reported: ShardTotals): ShardTotals {
  return {
    joins: Math.max(old.joins, reported.joins),
    left: Math.max(old.left, reported.left),
    claims: Math.max(old.claims, reported.claims),
    exits: Math.max(old.exits, reported.exits),
    expiries: Math.max(old.expiries, reported.expiries),
    settledBelow: Math.max(old.settledBelow, reported.settledBelow),
    settledClaims: Math.max(old.settledClaims, reported.settledClaims),
  };
}
