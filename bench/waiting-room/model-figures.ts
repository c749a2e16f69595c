import type { ModelResult, ModelSettings } from "./model.ts";
import { pollCpuMs, prices } from "./model-settings.ts";

/** The figures that are promised, with their bounds. */
export function figuresOfModel(settings: ModelSettings, result: ModelResult) {
  const { counts, polls } = result;
  const { joins, claims, leaves, statusReads, registryReads, coordinatorCalls, alarms } = counts;
  const objectCalls =
    joins + claims + leaves + statusReads + registryReads + coordinatorCalls + alarms;
  const workerRequests = joins + polls + claims + leaves;
  const objectGbSeconds = (settings.shards + 1) * 0.128 * result.seconds;
  const dollars = {
    workerRequests: (workerRequests / 1e6) * prices.workerRequests,
    objectRequests: (objectCalls / 1e6) * prices.objectRequests,
    rowsWritten: (counts.rowsWritten / 1e6) * prices.rowsWritten,
    objectDuration: (objectGbSeconds / 1e6) * prices.objectGbSeconds,
    workerCpu: ((polls * pollCpuMs) / 1e6) * prices.workerCpuMs,
  };
  const total = Object.values(dollars).reduce((sum, it) => sum + it, 0);
  const steady = result.points.filter(
    (it) => it.second > 600 && it.second < (result.soldOutSecond ?? 0) - 900,
  );
  return {
    objectCallsPerUser: round(objectCalls / settings.visitors, 3),
    pollsAbsorbedPercent: round(100 * (1 - statusReads / polls), 3),
    objectCallsPer1000Polls: round((1000 * statusReads) / polls, 3),
    requestsPerWaiter: round(workerRequests / settings.visitors, 1),
    coordinatorPeakPerSecond: counts.coordinatorPeak,
    shardPeakPerSecond: counts.shardPeak,
    joinsPeakPerSecond: Math.max(...result.points.map((it) => it.joins)),
    pollsPeakPerSecond: Math.max(...result.points.map((it) => it.polls)),
    activePeak: result.activePeak,
    overshootPercent: round(Math.max(0, (result.activePeak / settings.maxActive - 1) * 100), 2),
    activeMeanInMidSale: Math.round(
      steady.reduce((sum, it) => sum + it.active, 0) / Math.max(1, steady.length),
    ),
    noShowShareLearned: round(result.noShowShareLearned, 3),
    seatsSold: result.sold,
    admitted: result.admitted,
    missedTurns: result.missedTurns,
    gapPercent: round(100 * result.gapShare, 2),
    lotteryGapPercent: round(100 * result.lotteryGapShare, 2),
    soldOutMinutes: result.soldOutSecond === null ? null : round(result.soldOutSecond / 60, 1),
    dollarsPer10M: round((total / settings.visitors) * 1e7, 1),
    dollars: Object.fromEntries(
      Object.entries(dollars).map(([name, amount]) => [name, round(amount, 2)]),
    ),
  };
}

export type ModelFigures = ReturnType<typeof figuresOfModel>;

/** What the figures must hold. @returns the names of those that do not */
export function missedBounds(figures: ModelFigures): string[] {
  const held: Record<string, boolean> = {
    "object calls per user ≤ 1.2": figures.objectCallsPerUser <= 1.2,
    "polls absorbed ≥ 99.9 %": figures.pollsAbsorbedPercent >= 99.9,
    "object calls per 1,000 polls ≤ 1": figures.objectCallsPer1000Polls <= 1,
    "requests per waiter < 55": figures.requestsPerWaiter < 55,
    "coordinator peak < 500/s": figures.coordinatorPeakPerSecond < 500,
    "shard peak < 500/s": figures.shardPeakPerSecond < 500,
    "overshoot ≤ 2 %": figures.overshootPercent <= 2,
    "dollars per 10 M ≤ 150": figures.dollarsPer10M <= 150,
  };
  return Object.keys(held).filter((name) => !held[name]);
}

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
