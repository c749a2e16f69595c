import { TypesenseSink } from "../../indexer/typesense-sink.ts";
import { Collections } from "../../indexer/collections.ts";
import { askIndexer, readRequest } from "../../indexer/requests.ts";
import { openLoop } from "../load.ts";
import type { BenchRow } from "../report.ts";
import { search } from "./edits.ts";
import { type Lab, until } from "./lab.ts";

/** Builds the collection anew under search load; every answer must be exactly what the rows say. */
export async function timeRebuild(lab: Lab, searchesPerSecond: number): Promise<BenchRow[]> {
  const expected = await expectedAnswer(lab);
  const done = new AbortController();
  const started = performance.now();
  const request = await askIndexer(lab.database.pool, lab.slot, "rebuild");
  const built = until("rebuild", async () => {
    return (await readRequest(lab.database.pool, request))?.status === "done";
  }).then(() => {
    done.abort();
    return (performance.now() - started) / 1_000;
  });
  let [searches, failed, mixed, worst] = [0, 0, 0, 0];
  while (!done.signal.aborted) {
    const figures = await openLoop({
      perSecond: searchesPerSecond,
      durationMs: 3_000,
      request: async () => {
        const { found, ids } = await search(lab, firstPage);
        if (found !== expected.found || ids.join() !== expected.ids) mixed += 1;
        return 200;
      },
    });
    searches += figures.requests;
    failed += figures.requests - (figures.statuses[200] ?? 0);
    worst = Math.max(worst, figures.p99);
  }
  const seconds = await built;
  return [
    {
      case: "rebuild",
      rows: expected.found,
      seconds: round2(seconds),
      perSecond: Math.round(expected.found / seconds),
    },
    { case: "searches meanwhile", searches, failed, mixed, p99: worst },
  ];
}

const firstPage =
  "q=*&query_by=name&filter_by=past:=false&sort_by=starts_at:asc,ord:asc&per_page=20";

async function expectedAnswer(lab: Lab): Promise<{ found: number; ids: string }> {
  const { rows } = await lab.database.pool.query<{ found: number; ids: string }>(
    `SELECT count(*)::int AS found,
            (SELECT string_agg(id::text, ',' ORDER BY starts_at, id)
             FROM (SELECT id, date_trunc('second', starts_at) AS starts_at FROM events
                   WHERE status = 'published' ORDER BY 2, 1 LIMIT 20) page) AS ids
     FROM events WHERE status = 'published'`,
  );
  return rows[0] ?? { found: 0, ids: "" };
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
