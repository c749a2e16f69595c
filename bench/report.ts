/** One benchmark's outcome: flat rows, so that the same data make the JSON line and the table. */
export interface BenchReport {
  readonly name: string;
  /** Everything that somebody needs to run it again: rates, counts, durations, versions of the parts. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly rows: readonly BenchRow[];
  /** Ratios and bounds, each with what was measured; `met` is stated, never asserted. */
  readonly bars?: readonly BenchBar[];
}

export interface BenchRow {
  readonly case: string;
  readonly [figure: string]: string | number;
}

export interface BenchBar {
  readonly bar: string;
  readonly measured: number;
  readonly met: boolean;
}

/** Prints the JSON line, then the rows and the bars as tables. */
export function printReport(report: BenchReport): void {
  console.log(JSON.stringify({ ...report, machine: machine() }));
  console.table(report.rows);
  if (report.bars && report.bars.length > 0) console.table(report.bars);
}

function machine(): Record<string, string | number> {
  return { node: process.version, platform: `${process.platform}-${process.arch}` };
}
