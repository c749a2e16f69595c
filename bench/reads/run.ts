import type { BenchReport } from "../report.ts";
import { benchChanges } from "./changes.ts";
import { benchFaults } from "./faults.ts";
import { type Lab, openLab } from "./lab.ts";
import { benchSearches } from "./searches.ts";
import { benchViews } from "./views.ts";

const seconds = 10;
const samples = 100;

const parts: Record<string, (lab: Lab) => Promise<BenchReport>> = {
  views: (lab) => benchViews(lab, seconds),
  changes: (lab) => benchChanges(lab, samples),
  faults: (lab) => benchFaults(lab, seconds),
  searches: (lab) => benchSearches(lab, seconds),
};

/** `npm run bench -- reads [views] [changes] [faults] [searches]`: all of them without a name. */
export async function run(args: readonly string[]): Promise<BenchReport[]> {
  const wanted = args.length === 0 ? Object.keys(parts) : args;
  const lab = await openLab();
  try {
    const reports: BenchReport[] = [];
    for (const name of wanted) {
      const part = parts[name];
      if (!part)
        throw new Error(`there is no part "${name}"; there are: ${Object.keys(parts).join(", ")}`);
      const report = await part(lab);
      console.error(JSON.stringify(report)); // a later part may fail
      reports.push(report);
    }
    return reports;
  } finally {
    await lab.close();
  }
}
