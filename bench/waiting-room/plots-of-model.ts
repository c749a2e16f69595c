import type { ModelResult } from "./model.ts";
import { plot } from "./plot.ts";

/** The curves of one modelled sale, as SVG by name. */
export function plotsOf(result: ModelResult): Record<string, string> {
  const curve = (name: string, of: (point: ModelResult["points"][number]) => number) => ({
    name,
    points: result.points.map((point) => [point.second, of(point)] as const),
  });
  const deciles = Map.groupBy(result.waits, (it) => it.decile);
  const waits = [...deciles]
    .toSorted(([a], [b]) => a - b)
    .map(
      ([decile, all]) =>
        [decile + 1, all.reduce((sum, it) => sum + it.seconds, 0) / all.length] as const,
    );
  const seconds = "seconds from the opening";
  return {
    arrivals: plot("Arrivals and polls a second", seconds, [
      curve("joins", (it) => it.joins),
      curve("polls", (it) => it.polls),
    ]),
    serving: plot("Positions served and seats sold", seconds, [
      curve("serving", (it) => it.serving),
      curve("sold", (it) => it.sold),
    ]),
    active: plot("People in the shop", seconds, [curve("active", (it) => it.active)]),
    waits: plot("Mean wait of the admitted, in seconds", "decile of arrival", [
      { name: "wait", points: waits },
    ]),
  };
}
