import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BenchReport, BenchRow } from "../report.ts";
import { runModel } from "./model.ts";
import { figuresOfModel, missedBounds } from "./model-figures.ts";
import { modelSettings } from "./model-settings.ts";
import { plotsOf } from "./plots-of-model.ts";
import { replay } from "./replay.ts";

const plotsDir = join(import.meta.dirname, "../../.local/bench/waiting-room");

/** Scales: ten million and 200,000 take the better part of an hour on two cores, so they must be asked for. */
const full = process.env["BENCH_FULL"] === "1";
const visitors = Number(process.env["BENCH_VISITORS"] ?? (full ? 10_000_000 : 1_000_000));
const joins = Number(process.env["BENCH_JOINS"] ?? (full ? 200_000 : 20_000));

/** The model on the production core, then a real replay through workerd beside its own bare runtime. */
export async function run(): Promise<BenchReport> {
  const settings = { ...modelSettings, visitors };
  const result = runModel(settings);
  const { dollars, ...figures } = figuresOfModel(settings, result);
  mkdirSync(plotsDir, { recursive: true });
  for (const [name, svg] of Object.entries(plotsOf(result))) {
    writeFileSync(join(plotsDir, `${name}.svg`), svg);
  }
  const rows: BenchRow[] = Object.entries(figures).map(([name, value]) => ({
    case: `model: ${name}`,
    value: String(value),
  }));
  const missed = missedBounds({ ...figures, dollars });
  rows.push({ case: "model: bounds missed", value: missed.join(", ") || "none" });
  const replayed = await replay(joins);
  return {
    name: "waiting-room",
    settings: {
      ...settings,
      holdAfterSeconds: settings.holdAfterSeconds.join("-"),
      doneAfterSeconds: settings.doneAfterSeconds.join("-"),
      joins,
      plots: ".local/bench/waiting-room",
    },
    rows: [...rows, ...replayed],
  };
}
