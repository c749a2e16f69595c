import { decideClaim } from "../../edge/waiting-room/core/claim.ts";
import { PassLedger } from "../../edge/waiting-room/core/pass-ledger.ts";
import type { Room } from "../../edge/waiting-room/core/room.ts";
import {
  countJoin,
  createShard,
  finishSync,
  nextSyncAt,
  type Shard,
  startSync,
  takeNumber,
} from "../../edge/waiting-room/core/shard.ts";
import { shareGrants, type WaitingClaim } from "../../edge/waiting-room/core/share-grants.ts";
import { sync, type SyncReply } from "../../edge/waiting-room/core/sync.ts";

/** A shard of the production core with the visitors that wait for it in the model. */
export interface ModelShard {
  state: Shard;
  readonly ledger: PassLedger;
  joins: number;
  waitingJoins: number[];
  waitingClaims: (WaitingClaim & { readonly visitor: number })[];
  unreported: boolean;
}

export interface Counts {
  joins: number;
  claims: number;
  leaves: number;
  statusReads: number;
  registryReads: number;
  coordinatorCalls: number;
  alarms: number;
  rowsWritten: number;
  /** Calls in the current second, by shard; and the peaks. */
  readonly shardCallsNow: Uint32Array;
  coordinatorCallsNow: number;
  shardPeak: number;
  coordinatorPeak: number;
}

export function createShards(shards: number): ModelShard[] {
  return Array.from({ length: shards }, (_, shard) => ({
    state: createShard({ generation: 1, shard, shards, incarnation: 1 }),
    ledger: new PassLedger(),
    joins: 0,
    waitingJoins: [],
    waitingClaims: [],
    unreported: false,
  }));
}

export function createCounts(shards: number): Counts {
  return {
    joins: 0,
    claims: 0,
    leaves: 0,
    statusReads: 0,
    registryReads: 0,
    coordinatorCalls: 0,
    alarms: 0,
    rowsWritten: 0,
    shardCallsNow: new Uint32Array(shards),
    coordinatorCallsNow: 0,
    shardPeak: 0,
    coordinatorPeak: 0,
  };
}

export interface Outcomes {
  numbered(visitor: number, number: number): void;
  admitted(visitor: number, number: number, expiresAt: number): void;
  refused(visitor: number): void;
}

/** A join call as the object handles it: a number at once, or after the next block. */
export function joinShard(shard: ModelShard, visitor: number, now: number, out: Outcomes): void {
  const [state, number] = takeNumber(countJoin(shard.state, now), now);
  shard.state = state;
  if (number === null) {
    shard.waitingJoins.push(visitor);
    return;
  }
  shard.joins++;
  shard.unreported = true;
  out.numbered(visitor, number);
}

/** A claim call: decided here, granted by the coordinator. */
export function claimShard(
  shard: ModelShard,
  claim: ModelShard["waitingClaims"][number],
  now: number,
  out: Outcomes,
): void {
  const decision = decideClaim(shard.state.known, claim.position, null, now);
  if (decision.status === "wants-grant") shard.waitingClaims.push(claim);
  else out.refused(claim.visitor);
}

/** Speaks to the coordinator when it is time, and serves those who waited for it. */
export function syncShard(
  shard: ModelShard,
  room: Room,
  now: number,
  counts: Counts,
  out: Outcomes,
): Room {
  const waiting = shard.waitingJoins.length > 0 || shard.waitingClaims.length > 0;
  const due = nextSyncAt(shard.state, {
    waiting,
    unreported: shard.unreported,
    expiryAt: shard.unreported ? null : shard.ledger.nextExpiryAt(),
  });
  if (due === null || due > now) return room;
  const expiredBelow = shard.state.known?.snapshot.status.expiredBelow ?? 0;
  shard.ledger.advance(now, expiredBelow);
  const totals = { ...shard.ledger.totals, joins: shard.joins, left: 0 };
  const wishes = { joins: shard.waitingJoins.length, claims: shard.waitingClaims.length, totals };
  const [asking, request] = startSync(shard.state, wishes, now);
  const [after, reply] = sync(room, request, now);
  shard.state = finishSync(asking, reply, now);
  counts.coordinatorCalls++;
  counts.coordinatorCallsNow++;
  counts.rowsWritten += 2; // the account, and the shard's alarm
  if (!waiting) counts.alarms++;
  shard.unreported = false;
  const joiners = shard.waitingJoins;
  shard.waitingJoins = [];
  for (const visitor of joiners) {
    const [state, number] = takeNumber(shard.state, now);
    shard.state = state;
    if (number === null) shard.waitingJoins.push(visitor);
    else {
      shard.joins++;
      shard.unreported = true;
      out.numbered(visitor, number);
    }
  }
  if (reply.status === "synced") grant(shard, reply, now, counts, out);
  return after;
}

function grant(
  shard: ModelShard,
  reply: Extract<SyncReply, { status: "synced" }>,
  now: number,
  counts: Counts,
  out: Outcomes,
): void {
  const claims = shard.waitingClaims.splice(0);
  const outcomes = shareGrants(claims, reply.granted, reply.snapshot, now);
  for (const [index, { visitor, number, position }] of claims.entries()) {
    const outcome = outcomes[index];
    if (outcome?.status !== "admitted") {
      out.refused(visitor);
      continue;
    }
    const { expiresAt } = outcome;
    shard.ledger.grant({ number, position, expiresAt });
    counts.rowsWritten++;
    shard.unreported = true;
    out.admitted(visitor, number, expiresAt);
  }
}
