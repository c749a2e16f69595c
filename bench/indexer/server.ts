import { Collections } from "../../indexer/collections.ts";
import { parseDocument, TypesenseSink } from "../../indexer/typesense-sink.ts";
import { percentiles } from "../percentiles.ts";
import type { BenchRow } from "../report.ts";
import type { Lab } from "./lab.ts";

const documents = 100_000;
/** Documents written with each size of batch; the rest is written in the largest. */
const measured = 20_000;
const batches = [100, 500, 2_000] as const;
const queriesPerFilter = 150;

/** What the search server takes and gives without us: why batches and filters are as they are. */
export async function timeServer(lab: Lab): Promise<BenchRow[]> {
  const collections = new Collections(lab.typesense, 30_000);
  const lines = await makeLines(lab, (await collections.current()) ?? "");
  const collection = await collections.create();
  const rows: BenchRow[] = [];
  let at = 0;
  for (const size of batches) {
    rows.push(await timeImport(lab, collection, lines.slice(at, at + measured), size));
    at += measured;
  }
  await timeImport(lab, collection, lines.slice(at), 2_000);
  for (const filter of filters()) rows.push(await timeFilter(lab, collection, lines, filter));
  await collections.drop(collection);
  return rows;
}

/** As many documents as there are to be, like those that there are but with other ids and words in other pairs. */
async function makeLines(lab: Lab, live: string): Promise<Line[]> {
  const exported = await new TypesenseSink(lab.typesense, 60_000).export(live);
  if (exported.status !== "exported") throw new Error(exported.status);
  const models = exported.lines.map(parseDocument);
  const words = models.map((model) => model.name.split(" ")[0] ?? "");
  return Array.from({ length: documents }, (_, index) => {
    const model = models[index % models.length];
    if (!model) throw new Error("there are no documents");
    const name = `${words[(index * 7) % words.length]} ${words[(index * 13 + 5) % words.length]}`;
    const id = String(index + 1);
    return { id, name, line: JSON.stringify({ ...model, id, ord: index + 1, name }) };
  });
}

interface Line {
  readonly id: string;
  readonly name: string;
  readonly line: string;
}

async function timeImport(
  lab: Lab,
  collection: string,
  lines: readonly Line[],
  size: number,
): Promise<BenchRow> {
  const sink = new TypesenseSink(lab.typesense, 60_000);
  const started = performance.now();
  for (let at = 0; at < lines.length; at += size) {
    const result = await sink.import(collection, lines.slice(at, at + size));
    if (result.status !== "written") throw new Error(result.status);
  }
  const seconds = (performance.now() - started) / 1_000;
  return {
    case: `bare import, batches of ${size}`,
    rows: lines.length,
    perSecond: Math.round(lines.length / seconds),
  };
}

/** From none to two that nearly all documents pass, and one that few do. */
function filters(): { name: string; filter: string }[] {
  const now = Math.floor(Date.now() / 1_000);
  const day = 86_400;
  return [
    { name: "no filter", filter: "" },
    { name: "past:=false", filter: "past:=false" },
    { name: "starts_at after now", filter: `starts_at:>=${now}` },
    { name: "both", filter: `past:=false && starts_at:>=${now}` },
    { name: "one day", filter: `starts_at:[${now + 9 * day}..${now + 10 * day}]` },
  ];
}

/** One word, two words and none in equal parts, one after the other. */
async function timeFilter(
  lab: Lab,
  collection: string,
  lines: readonly Line[],
  { name, filter }: { name: string; filter: string },
): Promise<BenchRow> {
  const samples: number[] = [];
  for (let turn = 0; turn < queriesPerFilter; turn += 1) {
    const words = lines[(turn * 661) % lines.length]?.name ?? "";
    const query = new URLSearchParams({
      q: [words, words.split(" ")[0] ?? "", "*"][turn % 3] ?? "*",
      query_by: "name,performer_names,aliases,venue_name,city,category",
      query_by_weights: "10,10,8,4,2,1",
      sort_by: turn % 3 === 2 ? "starts_at:asc,ord:asc" : "_text_match(buckets: 10):desc,ord:asc",
      include_fields: "id",
      use_cache: "false",
      ...(filter !== "" && { filter_by: filter }),
    });
    const asked = performance.now();
    const { status } = await lab.typesense.client.send({
      path: `/collections/${collection}/documents/search?${query}`,
      headers: { "x-typesense-api-key": lab.typesense.apiKey },
    });
    if (status !== 200) throw new Error(`search: ${status}`);
    samples.push(performance.now() - asked);
  }
  return { case: `bare search, ${name}`, ...percentiles(samples) };
}
