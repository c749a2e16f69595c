import type { BenchBar, BenchRow } from "../report.ts";

/** Case, figure, limit; `atLeast` where more is better. */
const limits: readonly [of: string, figure: string, limit: number, atLeast?: boolean][] = [
  ["edit, idle", "p50", 15],
  ["edit, idle", "p99", 30],
  ["edit, 2,000 changes/s", "p50", 60],
  ["edit, 2,000 changes/s", "p99", 140],
  ["edit, saturation", "p99", 2_000],
  ["edit, venue of 5,000 renamed", "p99", 2_000],
  ["seats, 2,000 changes/s", "p99", 3_000],
  ["seats, 2,000 changes/s", "writesPerSecond", 1.01],
  ["seats, saturation", "p99", 3_000],
  ["seats, saturation", "writesPerSecond", 1.01],
  ["backlog drained", "perSecond", 60_000, true],
  ["failover", "seconds", 10],
  ["rebuild", "seconds", 60],
  ["searches meanwhile", "failed", 1],
  ["searches meanwhile", "mixed", 1],
  ["one transaction of 1,000,000 rows", "rssMB", 300],
  ["search server down for 300 s", "rssMB", 300],
];

/** The bars of those cases that were run. */
export function bars(rows: readonly BenchRow[]): BenchBar[] {
  return limits.flatMap(([of, figure, limit, atLeast = false]) => {
    const row = rows.find((candidate) => candidate.case === of);
    if (!row) return [];
    const measured = Number(row[figure] ?? Number.NaN);
    return [
      {
        bar: `${of}: ${figure} ${atLeast ? ">=" : "<"} ${limit}`,
        measured,
        met: atLeast ? measured >= limit : measured < limit,
      },
    ];
  });
}
