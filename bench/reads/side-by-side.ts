import { closedLoop, type LoadFigures, openClient } from "../load.ts";
import type { BenchRow } from "../report.ts";
import { runtimeCpuMs } from "./runtime-cpu.ts";

const clients = 16;
const windowMs = 1_000;

/** What is loaded in turns: who else uses the machine for a moment disturbs all alike. */
export interface Side {
  readonly name: string;
  readonly url: string;
  readonly request: (turn: number) => { path: string; headers?: Record<string, string> };
  /** Whose processor time is its own. */
  readonly runtime?: "edge" | "bare";
}

export interface SideFigures {
  readonly row: BenchRow;
  /** Answers a second, of each round. */
  readonly rates: readonly number[];
}

/**
 * Loads each side as fast as it goes, a second each, in turns.
 * @param rounds how many turns each side gets; medians count
 */
export async function sideBySide(
  sides: readonly Side[],
  rounds: number,
  edgePid: number,
): Promise<SideFigures[]> {
  const windows = sides.map((): (LoadFigures & { cpuMsEach: number })[] => []);
  const openSides = sides.map((side) => ({ side, client: openClient(side.url, clients), turn: 0 }));
  for (let turn = -1; turn < rounds; turn++) {
    for (const [nth, it] of openSides.entries()) {
      const before = runtimeCpuMs(edgePid);
      const figures = await closedLoop({
        clients,
        durationMs: windowMs,
        request: async () => (await it.client.send(it.side.request(it.turn++))).status,
      });
      const after = runtimeCpuMs(edgePid);
      const { runtime } = it.side;
      const spentMs = runtime ? after[runtime] - before[runtime] : Number.NaN;
      if (turn < 0) continue; // the first round only warms up
      windows[nth]?.push({ ...figures, cpuMsEach: spentMs / figures.requests });
    }
  }
  for (const { client } of openSides) client.close();
  return sides.map(({ name }, nth) => {
    const own = windows[nth] ?? [];
    return { row: toRow(name, own), rates: own.map(({ perSecond }) => perSecond) };
  });
}

/**
 * The median of the rounds' ratios: a machine that is fast in some rounds and slow in others is so for both sides of
 * each, where the medians of either side may come from different ones (decision 0128).
 */
export function ratioOf(figures: readonly number[], base: readonly number[]): number {
  return round(median(figures.map((it, nth) => it / (base[nth] ?? Number.NaN))));
}

function toRow(name: string, windows: readonly (LoadFigures & { cpuMsEach: number })[]): BenchRow {
  const statuses = sumUp(windows.map((it) => it.statuses));
  const middle = (of: (window: (typeof windows)[number]) => number) => median(windows.map(of));
  return {
    case: name,
    perSecond: Math.round(middle((it) => it.perSecond)),
    p50: middle((it) => it.p50),
    p99: middle((it) => it.p99),
    cpuMsEach: round(
      middle((it) => it.cpuMsEach),
      3,
    ),
    statuses: JSON.stringify(statuses),
  };
}

/** Answers by status, of several windows. */
export function sumUp(all: readonly LoadFigures["statuses"][]): LoadFigures["statuses"] {
  const sums: Record<number, number> = {};
  for (const [status, count] of all.flatMap((it) => Object.entries(it))) {
    sums[Number(status)] = (sums[Number(status)] ?? 0) + count;
  }
  return sums;
}

/** The one in the middle; of an even number the higher one. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** Rounded to so many decimals. */
export function round(value: number, decimals = 2): number {
  return Math.round(value * 10 ** decimals) / 10 ** decimals;
}
