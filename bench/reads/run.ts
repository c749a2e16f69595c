import type { BenchReport } from "../report.ts";
import { benchChanges } from "./changes.ts";
import { benchFaults } from "./faults.ts";
import { type Lab, openLab } from "./lab.ts";
import { benchLive } from "./live.ts";
import { benchSearches } from "./searches.ts";
import { benchViews } from "./views.ts";

const seconds = 6;
const rounds = 7;
const samples = 100;
const liveSamples = 20;

/** In this order: the last one fills the programme. */
const parts: Record<string, (lab: Lab) => Promise<BenchReport>> = {
  views: (lab) => benchViews(lab, rounds),
  changes: (lab) => benchChanges(lab, samples),
  live: (lab) => benchLive(lab, liveSamples),
  faults: (lab) => benchFaults(lab, seconds),
  searches: (lab) => benchSearches(lab, rounds),
};

/** `npm run bench -- reads [views] [changes] [live] [faults] [searches]`: all of them without a name. */
export async function run(args: readonly string[]): Promise<BenchReport[]> {
  const wanted = args.length === 0 ? Object.keys(parts) : args;
  const lab = await openLab();
  try {
    const reports: BenchReport[] = [];
    for (const name of wanted) {
      const part = parts[name];
      if (!part)
        throw new Error(`there is no part "${name}"; there are: ${Object.keys(parts).join(", ")}`);
      const began = performance.now();
      const report = await part(lab);
      const tookSeconds = Math.round((performance.now() - began) / 1_000);
      reports.push({ ...report, settings: { ...report.settings, tookSeconds } });
      console.error(JSON.stringify(reports.at(-1))); // a later part may fail
    }
    return reports;
  } finally {
    await lab.close();
  }
}
