import { TypesenseSink } from "../../indexer/typesense-sink.ts";
import { Collections } from "../../indexer/collections.ts";
import { askIndexer, readRequest } from "../../indexer/requests.ts";
import { openLoop } from "../load.ts";
import type { BenchRow } from "../report.ts";
import { search } from "./edits.ts";
import { type Lab, until } from "./lab.ts";

/** Builds the collection anew under search load; every answer must find exactly the events that there are. */
export async function timeRebuild(lab: Lab, searchesPerSecond: number): Promise<BenchRow[]> {
  const { rows } = await lab.database.pool.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM events WHERE status = 'published'",
  );
  const count = rows[0]?.count ?? 0;
  const done = new AbortController();
  let mixed = 0;
  const started = performance.now();
  const request = await askIndexer(lab.database.pool, lab.slot, "rebuild");
  const built = until("rebuild", async () => {
    return (await readRequest(lab.database.pool, request))?.status === "done";
  }).then(() => {
    done.abort();
    return (performance.now() - started) / 1_000;
  });
  const load: BenchRow[] = [];
  let round = 0;
  while (!done.signal.aborted) {
    const figures = await openLoop({
      perSecond: searchesPerSecond,
      durationMs: 3_000,
      request: async () => {
        const { found } = await search(lab, "q=*&query_by=name&filter_by=past:=false&per_page=20");
        if (found !== count) mixed += 1;
        return 200;
      },
    });
    round += 1;
    load.push({ case: `searches, round ${round}`, ...flat(figures) });
  }
  const seconds = await built;
  const failed = load.reduce((sum, row) => sum + Number(row["failed"] ?? 0), 0);
  const worst = load.reduce((most, row) => Math.max(most, Number(row["p99"] ?? 0)), 0);
  return [
    {
      case: "rebuild",
      rows: count,
      seconds: round2(seconds),
      perSecond: Math.round(count / seconds),
    },
    { case: "searches meanwhile", failed, mixed, p99: worst },
  ];
}

function flat(figures: {
  requests: number;
  statuses: Readonly<Record<number, number>>;
  p99: number;
}) {
  return { failed: figures.requests - (figures.statuses[200] ?? 0), p99: figures.p99 };
}

/** What the search server takes without us: the limit of any rebuild. */
export async function timeBareImport(lab: Lab): Promise<BenchRow> {
  const collections = new Collections(lab.typesense, 30_000);
  const sink = new TypesenseSink(lab.typesense, 60_000);
  const live = await collections.current();
  const exported = await sink.export(live ?? "");
  if (exported.status !== "exported") throw new Error(exported.status);
  const lines = exported.lines.map((line) => ({ id: "", line }));
  const scratch = await collections.create();
  const started = performance.now();
  for (let at = 0; at < lines.length; at += 500) {
    const result = await sink.import(scratch, lines.slice(at, at + 500));
    if (result.status !== "written") throw new Error(result.status);
  }
  const seconds = (performance.now() - started) / 1_000;
  await collections.drop(scratch);
  return {
    case: "bare import",
    rows: lines.length,
    seconds: round2(seconds),
    perSecond: Math.round(lines.length / seconds),
  };
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
