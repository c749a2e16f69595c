import type { QueueStatus } from "../../contracts/queue.ts";
import { withStock } from "../../edge/waiting-room/core/commands.ts";
import { noShowShareOf } from "../../edge/waiting-room/core/controller.ts";
import { createLottery } from "../../edge/waiting-room/core/lottery.ts";
import { nextPollSeconds } from "../../edge/waiting-room/core/polling.ts";
import { createRoom, type Room, totalsOf } from "../../edge/waiting-room/core/room.ts";
import { shardOf } from "../../edge/waiting-room/core/shard-of.ts";
import { statusOf } from "../../edge/waiting-room/core/status.ts";
import { nextStepAt, stepRoom } from "../../edge/waiting-room/core/step.ts";
import { ModelCaches, ModelLists } from "./model-caches.ts";
import { createCrowd } from "./model-crowd.ts";
import { PollWheel } from "./poll-wheel.ts";
import type { modelSettings } from "./model-settings.ts";
import {
  claimShard,
  type Counts,
  createCounts,
  createShards,
  joinShard,
  type ModelShard,
  type Outcomes,
  syncShard,
} from "./model-shards.ts";
import { ModelShop } from "./model-shop.ts";

type Widened<Type> = Type extends number
  ? number
  : Type extends readonly number[]
    ? readonly [number, number]
    : never;
export type ModelSettings = {
  readonly [Key in keyof typeof modelSettings]: Widened<(typeof modelSettings)[Key]>;
};

/** One second of the curves. Seconds count from the opening. */
export interface ModelPoint {
  readonly second: number;
  readonly joins: number;
  readonly polls: number;
  readonly serving: number;
  readonly active: number;
  readonly sold: number;
  readonly noShowShare: number;
}

export interface ModelResult {
  readonly counts: Counts;
  readonly polls: number;
  readonly points: readonly ModelPoint[];
  readonly activePeak: number;
  readonly noShowShareLearned: number;
  readonly sold: number;
  readonly admitted: number;
  /** Visitors who would have come in, but asked too late. */
  readonly missedTurns: number;
  /** Share of numbers that nobody got, of all and of those that were drawn. */
  readonly gapShare: number;
  readonly lotteryGapShare: number;
  readonly soldOutSecond: number | null;
  readonly seconds: number;
  /** Per admitted visitor: decile of arrival and seconds waited since joining or the opening. */
  readonly waits: readonly { readonly decile: number; readonly seconds: number }[];
}

const opensAt = Date.UTC(2026, 11, 1, 10);
const tickMs = 100;
/** Status documents as visitors see them are this old: shard, cache and refresh together, in seconds. */
const statusAgeSeconds = 7;
const secondsMax = 3 * 3600;

/** Plays the whole on-sale through the production core on a virtual clock. */
export function runModel(settings: ModelSettings): ModelResult {
  const crowd = createCrowd(settings);
  const counts = createCounts(settings.shards);
  const shards = createShards(settings.shards);
  const caches = new ModelCaches(settings);
  const lists = new ModelLists(settings);
  const wheel = new PollWheel(settings.visitors, settings.earliestSeconds + secondsMax);
  const numbers = new Int32Array(settings.visitors).fill(-1);
  const positions = new Int32Array(settings.visitors).fill(-1);
  const shardOfVisitor = Uint16Array.from({ length: settings.visitors }, (_, visitor) =>
    shardOf(`user-${visitor}`, settings.shards),
  );
  const shop = new ModelShop(settings, crowd.random, (shopper) => {
    const shard = shards[shopper.shard];
    called(shopper.shard);
    counts.leaves++;
    throughEdge(shopper.visitor, now);
    if (shard?.ledger.end(shopper.number)) {
      shard.unreported = true;
      counts.rowsWritten++;
    }
  });
  const points: ModelPoint[] = [];
  const waits: { decile: number; seconds: number }[] = [];
  const recent: QueueStatus[] = [];
  const start = opensAt - settings.earliestSeconds * 1000;
  let room: Room = createRoom(
    { ...settings, event: "1", generation: 1, opensAt, message: "" },
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
    null,
    start,
  );
  let lottery: ((number: number) => number) | null = null;
  let steppedAt: number | null = null;
  let arrived = 0;
  let polls = 0;
  let activePeak = 0;
  let missedTurns = 0;
  let drawn = 0;
  let soldOutSecond: number | null = null;
  let second = 0;
  let now = start;

  function throughEdge(visitor: number, at: number): void {
    if (lists.look(crowd.dataCentre(visitor), at)) counts.registryReads++;
  }

  function called(shard: number): void {
    counts.shardCallsNow[shard] = (counts.shardCallsNow[shard] ?? 0) + 1;
  }

  const outcomes: Outcomes = {
    numbered(visitor, number) {
      numbers[visitor] = number;
      if (number < (room.lotterySize ?? Number.POSITIVE_INFINITY)) drawn++;
      counts.rowsWritten++;
      wheel.add(visitor, second + 1 + Math.floor(crowd.random() * 5));
    },
    admitted(visitor, number) {
      shop.enter({ visitor, shard: shardOfVisitor[visitor] ?? 0, number }, second);
      const since = Math.max(0, crowd.arrivals[visitor] ?? 0);
      const decile = Math.floor((visitor / settings.visitors) * 10);
      waits.push({ decile, seconds: second - settings.earliestSeconds - since });
    },
    refused: (visitor) => wheel.add(visitor, second + 5),
  };

  function poll(visitor: number, at: number, status: QueueStatus): void {
    polls++;
    if (caches.poll(crowd.dataCentre(visitor), at, crowd.random())) {
      counts.statusReads++;
      const shard = Math.floor(crowd.random() * settings.shards);
      called(shard);
      (shards[shard] as ModelShard).unreported = true; // a stale copy makes the shard ask
    }
    if (status.phase === "sold-out" || status.phase === "closed") return;
    let etaSeconds: number | null = null;
    if (status.phase === "open") {
      const position = positionFor(visitor, status);
      if (position < status.expiredBelow) {
        if (crowd.showsUp(visitor)) missedTurns++;
        return;
      }
      if (position < status.serving) return claim(visitor, position, at);
      const ahead = position - status.serving;
      etaSeconds = status.ratePerMinute > 0 ? (ahead / status.ratePerMinute) * 60 : null;
    }
    const { phase, waiting, pollMinSeconds, pollMaxSeconds } = status;
    const secondsToOpening = (opensAt - at) / 1000;
    const wait = nextPollSeconds({
      phase,
      etaSeconds,
      secondsToOpening,
      waiting,
      pollMinSeconds,
      pollMaxSeconds,
      random: crowd.random(),
    });
    wheel.add(visitor, second + Math.max(1, Math.round(wait)));
  }

  function positionFor(visitor: number, status: QueueStatus): number {
    if ((positions[visitor] ?? -1) < 0) {
      const size = status.lotterySize ?? 0;
      lottery ??= createLottery(status.seed ?? "", size);
      const number = numbers[visitor] ?? 0;
      positions[visitor] = number < size ? lottery(number) : number;
    }
    return positions[visitor] ?? 0;
  }

  function claim(visitor: number, position: number, at: number): void {
    if (!crowd.showsUp(visitor)) return;
    const index = shardOfVisitor[visitor] ?? 0;
    counts.claims++;
    throughEdge(visitor, at);
    called(index);
    const wanted = { visitor, number: numbers[visitor] ?? 0, position, asked: true };
    claimShard(shards[index] as ModelShard, wanted, now, outcomes);
  }

  function tick(): void {
    const upTo = (now - opensAt) / 1000;
    for (; (crowd.arrivals[arrived] ?? Number.POSITIVE_INFINITY) < upTo; arrived++) {
      const index = shardOfVisitor[arrived] ?? 0;
      counts.joins++;
      throughEdge(arrived, opensAt + (crowd.arrivals[arrived] ?? 0) * 1000);
      called(index);
      joinShard(shards[index] as ModelShard, arrived, now, outcomes);
    }
    for (const shard of shards) room = syncShard(shard, room, now, counts, outcomes);
    if (steppedAt === null || now >= steppedAt) {
      room = stepRoom(room, now);
      counts.alarms++;
      counts.rowsWritten += 2; // the room, and its alarm
      steppedAt = nextStepAt(room, now);
    }
    activePeak = Math.max(activePeak, totalsOf(room).active);
  }

  function startSecond(): QueueStatus {
    counts.coordinatorPeak = Math.max(counts.coordinatorPeak, counts.coordinatorCallsNow);
    counts.coordinatorCallsNow = 0;
    for (const calls of counts.shardCallsNow) counts.shardPeak = Math.max(counts.shardPeak, calls);
    counts.shardCallsNow.fill(0);
    shop.run(second);
    if (second % 2 === 0) room = withStock(room, shop.stock(now));
    recent.push(statusOf(room, now));
    if (recent.length > statusAgeSeconds + 1) recent.shift();
    const status = recent[0] as QueueStatus;
    caches.startSecond(status, now);
    return status;
  }

  for (; second < settings.earliestSeconds + secondsMax; second++) {
    const status = startSecond();
    const [pollsBefore, joinsBefore] = [polls, counts.joins];
    const expected = Math.max(1, wheel.count(second));
    wheel.each(second, (visitor, index) => poll(visitor, now + (index / expected) * 1000, status));
    for (let i = 0; i < 1000 / tickMs; i++, now += tickMs) tick();
    const fromOpening = second - settings.earliestSeconds;
    points.push({
      second: fromOpening,
      joins: counts.joins - joinsBefore,
      polls: polls - pollsBefore,
      serving: room.controller.serving,
      active: totalsOf(room).active,
      sold: shop.sold,
      noShowShare: noShowShareOf(room.controller),
    });
    if (room.phase === "sold-out") soldOutSecond ??= fromOpening;
    const told =
      soldOutSecond !== null && fromOpening > soldOutSecond + 120 && polls === pollsBefore;
    if (told && counts.joins === settings.visitors) break;
  }
  return {
    counts,
    polls,
    points,
    activePeak,
    noShowShareLearned: noShowShareOf(room.controller),
    sold: shop.sold,
    admitted: waits.length,
    missedTurns,
    gapShare: 1 - counts.joins / room.issued,
    lotteryGapShare: 1 - drawn / (room.lotterySize ?? 1),
    soldOutSecond,
    seconds: second,
    waits,
  };
}
