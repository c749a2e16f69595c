import type { QueueBeacon, QueuePhase, QueueStatus } from "../../../contracts/queue.ts";
import { type Controller, createController } from "./controller.ts";
import type { Block } from "./leases.ts";
import { commitmentOf } from "./lottery.ts";
import type { Stock } from "./stock.ts";

export interface RoomSettings {
  readonly event: string;
  readonly generation: number;
  /** Fixed within a generation: a user's shard follows from it. */
  readonly shards: number;
  /** Unix milliseconds, whole seconds. */
  readonly opensAt: number;
  readonly admitPerMinute: number;
  readonly maxActive: number;
  readonly passSeconds: number;
  readonly graceSeconds: number;
  readonly message: string;
}

/** What a shard has counted since the generation began. Cumulative, so that a repeated report changes nothing. */
export interface ShardTotals {
  readonly joins: number;
  readonly left: number;
  readonly claims: number;
  readonly exits: number;
  readonly expiries: number;
  /** `expiredBelow` as the shard last knew it, and its claims of positions below. */
  readonly settledBelow: number;
  readonly settledClaims: number;
}

/** The coordinator's memory of one shard. */
export interface Account {
  /** Of the last request that was answered; the same one again gets the same answer. */
  readonly sequence: number;
  readonly block: Block | null;
  /** Claims granted by that answer. What the shard did not use of it is void at its next request. */
  readonly granted: number;
  readonly totals: ShardTotals;
}

export interface Room {
  readonly settings: RoomSettings;
  readonly phase: QueuePhase;
  /** Hex; secret until the opening. */
  readonly secret: string;
  readonly commitment: string;
  readonly beacon: QueueBeacon | null;
  /** Numbers leased so far. */
  readonly issued: number;
  /** `issued` at the opening; the seed follows at once, or as soon as the beacon's round is out. */
  readonly lotterySize: number | null;
  readonly seed: string | null;
  readonly controller: Controller;
  readonly accounts: readonly Account[];
  readonly stock: Stock | null;
  readonly availableAtOpening: number | null;
  /** A served person was refused a pass since the last step, because the room is full or paused. */
  readonly turnedAway: boolean;
  /** Unix milliseconds until which everybody is let through; 0 for never. */
  readonly failOpenUntil: number;
}

/** What a shard needs to know: the public document, and how long its passes live. */
export interface Snapshot {
  readonly status: QueueStatus;
  readonly passSeconds: number;
}

export const noTotals: ShardTotals = {
  joins: 0,
  left: 0,
  claims: 0,
  exits: 0,
  expiries: 0,
  settledBelow: 0,
  settledClaims: 0,
};

export const freshAccount: Account = { sequence: 0, block: null, granted: 0, totals: noTotals };

/**
 * @param secret 32 random bytes in hex, drawn for this generation
 * @param beacon the round that will be mixed in; null when no beacon is configured
 */
export function createRoom(
  settings: RoomSettings,
  secret: string,
  beacon: QueueBeacon | null,
  now: number,
): Room {
  return {
    settings,
    phase: "pre",
    secret,
    commitment: commitmentOf(secret),
    beacon,
    issued: 0,
    lotterySize: null,
    seed: null,
    controller: createController(settings, now, 1),
    accounts: Array.from({ length: settings.shards }, () => freshAccount),
    stock: null,
    availableAtOpening: null,
    turnedAway: false,
    failOpenUntil: 0,
  };
}

export interface RoomTotals extends ShardTotals {
  readonly active: number;
}

/** The shards' counts together. `settledBelow` is their mean: numbers are spread evenly over shards. */
export function totalsOf(room: Room): RoomTotals {
  const sum = { ...noTotals } as { -readonly [Key in keyof ShardTotals]: number };
  let granted = 0;
  for (const account of room.accounts) {
    const { totals } = account;
    sum.joins += totals.joins;
    sum.left += totals.left;
    sum.claims += totals.claims;
    sum.exits += totals.exits;
    sum.expiries += totals.expiries;
    sum.settledBelow += totals.settledBelow;
    sum.settledClaims += totals.settledClaims;
    granted += account.granted;
  }
  return {
    ...sum,
    settledBelow: sum.settledBelow / room.accounts.length,
    // A grant counts as active until the shard reports what became of it: never fewer than there are.
    claims: sum.claims + granted,
    active: sum.claims + granted - sum.exits - sum.expiries,
  };
}
