import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BenchReport } from "../report.ts";
import { runModel } from "./model.ts";
import { barsOf, figuresOfModel } from "./model-figures.ts";
import { modelSettings } from "./model-settings.ts";
import { plotsOf } from "./plots-of-model.ts";
import { replay, replaySettings } from "./replay.ts";

const folder = join(import.meta.dirname, "../../.local/bench/waiting-room");
/** A tenth of the whole replay, which takes the better part of an hour on two busy cores: `replay 200000 2` asks for it. */
const joinsByDefault = 20_000;

/**
 * The model on the production core, then a real replay through the runtime beside the bare one. Curves, and the draw of
 * the replay for `verify-lottery`, are left in `.local/bench/waiting-room`. Fails when a bound is missed.
 * @param args `model [visitors]` or `replay [joins [polls per join]]` runs one of the two
 */
export async function run(args: readonly string[]): Promise<readonly BenchReport[]> {
  const [part, size, polls] = args;
  mkdirSync(folder, { recursive: true });
  const reports: BenchReport[] = [];
  if (part !== "replay") reports.push(model(Number(size ?? modelSettings.visitors)));
  if (part !== "model") {
    const joins = part === "replay" ? Number(size ?? joinsByDefault) : joinsByDefault;
    const pollsPerJoin = Number(polls ?? replaySettings.pollsPerJoin);
    const settings = { ...replaySettings, joins, pollsPerJoin };
    const result = await replay(settings, join(folder, "status.json"));
    reports.push({ name: "waiting-room replay", settings: { ...settings }, ...result });
  }
  const missed = reports.some(({ bars = [] }) => bars.some(({ met }) => !met));
  if (missed) process.exitCode = 1;
  return reports;
}

function model(visitors: number): BenchReport {
  const settings = { ...modelSettings, visitors };
  const result = runModel(settings);
  const { dollars, ...figures } = figuresOfModel(settings, result);
  for (const [name, svg] of Object.entries(plotsOf(result))) {
    writeFileSync(join(folder, `${name}.svg`), svg);
  }
  const rows = Object.entries({ ...figures, ...dollars }).map(([name, value]) => ({
    case: name,
    value: String(value),
  }));
  return {
    name: "waiting-room model",
    settings: {
      ...settings,
      holdAfterSeconds: settings.holdAfterSeconds.join("-"),
      doneAfterSeconds: settings.doneAfterSeconds.join("-"),
      plots: ".local/bench/waiting-room",
    },
    rows,
    bars: barsOf({ ...figures, dollars }),
  };
}
