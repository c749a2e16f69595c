import type { BenchBar } from "../report.ts";
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

/** What the figures must hold for ten million; fewer visitors cost more calls each. */
export function barsOf(figures: ModelFigures): BenchBar[] {
  const atMost = (bar: string, measured: number, bound: number) => {
    return { bar: `${bar} ≤ ${bound}`, measured, met: measured <= bound };
  };
  const below = (bar: string, measured: number, bound: number) => {
    return { bar: `${bar} < ${bound}`, measured, met: measured < bound };
  };
  const absorbed = figures.pollsAbsorbedPercent;
  return [
    atMost("object calls per user", figures.objectCallsPerUser, 1.2),
    { bar: "polls absorbed ≥ 99.9 %", measured: absorbed, met: absorbed >= 99.9 },
    atMost("object calls per 1,000 polls", figures.objectCallsPer1000Polls, 1),
    below("requests per waiter", figures.requestsPerWaiter, 55),
    below("coordinator peak a second", figures.coordinatorPeakPerSecond, 500),
    below("shard peak a second", figures.shardPeakPerSecond, 500),
    atMost("overshoot in percent", figures.overshootPercent, 2),
    atMost("dollars per 10 M", figures.dollarsPer10M, 150),
  ];
}

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
