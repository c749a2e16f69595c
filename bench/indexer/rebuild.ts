import { TypesenseSink } from "../../indexer/typesense-sink.ts";
import { Collections } from "../../indexer/collections.ts";
import { askIndexer, readRequest } from "../../indexer/requests.ts";
import { openLoop } from "../load.ts";
import type { BenchRow } from "../report.ts";
import { search } from "./edits.ts";
import { type Lab, until } from "./lab.ts";

/**
 * Builds the collection anew under search load: every search of a mix is answered as it was before, whichever
 * collection answers it.
 */
export async function timeRebuild(lab: Lab, searchesPerSecond: number): Promise<BenchRow[]> {
  const expected = await answersBefore(lab);
  const queries = [...expected.keys()];
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
      request: async (turn) => {
        const query = queries[turn % queries.length] ?? "";
        if (textOf(query, await search(lab, query)) !== expected.get(query)) mixed += 1;
        return 200;
      },
    });
    searches += figures.requests;
    failed += figures.requests - (figures.statuses[200] ?? 0);
    worst = Math.max(worst, figures.p99);
  }
  const seconds = await built;
  const rows = await countPublished(lab);
  return [
    { case: "rebuild", rows, seconds: round2(seconds), perSecond: Math.round(rows / seconds) },
    { case: "searches meanwhile", searches, failed, mixed, p99: worst },
  ];
}

/** One word, two words and none, in equal parts, with the edge's parameters. */
async function answersBefore(lab: Lab): Promise<Map<string, string>> {
  const { rows } = await lab.database.pool.query<{ name: string }>(
    "SELECT name FROM events WHERE id > 200 AND id % 100 = 3 ORDER BY id LIMIT 20",
  );
  const keywords = rows.flatMap(({ name }) => [name.split(" ")[0] ?? "", name, "*"]);
  const answers = new Map<string, string>();
  for (const [index, keyword] of keywords.entries()) {
    const query = new URLSearchParams({
      q: keyword,
      page: String(1 + (index % 5)),
      per_page: "20",
      query_by: "name,performer_names,aliases,venue_name,city,category",
      query_by_weights: "10,10,8,4,2,1",
      prefix: "true,true,true,true,false,false",
      num_typos: "2,2,1,1,1,0",
      typo_tokens_threshold: "1",
      drop_tokens_threshold: "1",
      filter_by: "past:=false",
      sort_by:
        keyword === "*"
          ? "starts_at:asc,ord:asc"
          : "_text_match(buckets: 10):desc,starts_at:asc,ord:asc",
    }).toString();
    answers.set(query, textOf(query, await search(lab, query)));
  }
  const { found } = await search(lab, "q=*&query_by=name");
  if (found !== (await countPublished(lab))) throw new Error("the first collection is not whole");
  return answers;
}

/** Where one bucket of equally good matches ends depends on the order of insertion: there only the count is one. */
function textOf(query: string, { found, ids }: { found: number; ids: readonly string[] }): string {
  return query.startsWith("q=*") ? `${found}: ${ids.join()}` : String(found);
}

async function countPublished(lab: Lab): Promise<number> {
  const { rows } = await lab.database.pool.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM events WHERE status = 'published'",
  );
  return rows[0]?.count ?? 0;
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
