import { runModel } from "./model.ts";
import { figuresOfModel, missedBounds } from "./model-figures.ts";
import { modelSettings } from "./model-settings.ts";

const visitors = Number(process.argv[2] ?? modelSettings.visitors);
const settings = { ...modelSettings, visitors };
const startedAt = performance.now();
const result = runModel(settings);
const figures = figuresOfModel(settings, result);
const wallSeconds = Math.round((performance.now() - startedAt) / 100) / 10;
const memoryMb = Math.round(process.memoryUsage().rss / 2 ** 20);
console.log(
  JSON.stringify({ bench: "waiting-room-model", settings, figures, wallSeconds, memoryMb }),
);
console.table({ ...figures, dollars: undefined, wallSeconds, memoryMb });
const missed = missedBounds(figures);
if (missed.length > 0) {
  console.error(`missed: ${missed.join(", ")}`);
  process.exitCode = 1;
}
