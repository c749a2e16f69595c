import type { BenchReport } from "../report.ts";
import { benchChanges } from "./changes.ts";
import { benchFaults } from "./faults.ts";
import { fillProgramme, type Lab, largeProgramme, openLab, settle } from "./lab.ts";
import { benchLive } from "./live.ts";
import { benchSearches } from "./searches.ts";
import { benchViews } from "./views.ts";

const seconds = 6;
const rounds = 15;
const samples = 100;
const liveSamples = 20;

/** In this order: the last two need a large programme, and fill it. */
const parts: Record<string, (lab: Lab) => Promise<BenchReport>> = {
  views: (lab) => benchViews(lab, rounds),
  changes: (lab) => benchChanges(lab, samples),
  live: (lab) => benchLive(lab, liveSamples),
  faults: (lab) => benchFaults(lab, seconds),
  searches: (lab) => benchSearches(lab, rounds),
  "faults-large": async (lab) => {
    await fillProgramme(lab, largeProgramme);
    await settle(lab);
    return benchFaults(lab, seconds);
  },
};

/**
 * `npm run bench -- reads [views] [changes] [live] [faults] [searches] [faults-large]`: all of them without a name. A
 * part that fails costs only its own figures.
 */
export async function run(args: readonly string[]): Promise<BenchReport[]> {
  const wanted = (args.length === 0 ? Object.keys(parts) : args).map((name) => {
    const part = parts[name];
    if (part) return { name, part };
    throw new Error(`there is no part "${name}"; there are: ${Object.keys(parts).join(", ")}`);
  });
  const lab = await openLab();
  const reports: BenchReport[] = [];
  try {
    for (const { name, part } of wanted) {
      const began = performance.now();
      try {
        const report = await part(lab);
        const tookSeconds = Math.round((performance.now() - began) / 1_000);
        reports.push({ ...report, settings: { ...report.settings, tookSeconds } });
        console.error(JSON.stringify(reports.at(-1))); // somebody may be waiting for it
      } catch (error) {
        console.error(`${name} failed:`, error);
        process.exitCode = 1;
      }
    }
  } finally {
    await lab.close();
  }
  return reports;
}
