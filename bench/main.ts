import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type BenchReport, printReport } from "./report.ts";

/** `npm run bench [-- NAME [options]]`: a benchmark is `bench/NAME/run.ts`, exporting `run`. Without a name: all. */
export interface Bench {
  /** @param args what followed the name on the command line */
  run(args: readonly string[]): Promise<BenchReport | readonly BenchReport[]>;
}

const entries = await readdir(import.meta.dirname, { withFileTypes: true });
const names = entries
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();
const [wanted, ...args] = process.argv.slice(2);
if (wanted !== undefined && !names.includes(wanted)) {
  console.error(`there is no benchmark "${wanted}"; there are: ${names.join(", ")}`);
  process.exit(2);
}
for (const name of wanted === undefined ? names : [wanted]) {
  const bench = (await import(join(import.meta.dirname, name, "run.ts"))) as Bench;
  const reports = await bench.run(args);
  for (const report of Array.isArray(reports) ? reports : [reports]) printReport(report);
}
