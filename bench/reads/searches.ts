import { startBareWorker } from "../bare-worker.ts";
import { closedLoop, openClient, openLoop } from "../load.ts";
import type { BenchReport } from "../report.ts";
import { fillProgramme, type Lab } from "./lab.ts";
import { round, row } from "./views.ts";

const events = 100_000;
const perSecond = 100;
const clients = 16;
const first = [
  "midnight",
  "golden",
  "electric",
  "silent",
  "northern",
  "velvet",
  "broken",
  "summer",
];
const second = [
  "river",
  "orchestra",
  "parade",
  "tigers",
  "theatre",
  "harbour",
  "echoes",
  "festival",
];
const packed = { "accept-encoding": "br, gzip" };

/** Search through the edge beside Typesense asked directly, and beside a bare Worker once it is cached. */
export async function benchSearches(lab: Lab, seconds: number): Promise<BenchReport> {
  const { edgeUrl, typesenseUrl = "", typesenseSearchKey = "" } = lab.stack;
  const indexedInSeconds = await fillProgramme(lab, events);
  let turnOffset = 0;
  const throughEdge = await asker(edgeUrl, (turn) => ({
    path: `/events/search?keyword=${encodeURIComponent(keywordOf(turn))}`,
    headers: packed,
  }));
  const directly = await asker(typesenseUrl, (turn) => ({
    path: typesensePath(keywordOf(turn)),
    headers: { "x-typesense-api-key": typesenseSearchKey },
  }));
  const open = (ask: (turn: number) => Promise<number>) => {
    turnOffset += 1_000_000;
    const from = turnOffset;
    return openLoop({
      perSecond,
      durationMs: seconds * 1_000,
      request: (turn) => ask(from + turn),
    });
  };
  const closed = (ask: (turn: number) => Promise<number>) => {
    turnOffset += 1_000_000;
    const from = turnOffset;
    return closedLoop({
      clients,
      durationMs: seconds * 1_000,
      request: (turn) => ask(from + turn),
    });
  };
  await open(throughEdge.ask);
  const direct = await open(directly.ask);
  const edge = await open(throughEdge.ask);
  const directFull = await closed(directly.ask);
  const edgeFull = await closed(throughEdge.ask);
  const cached = await closed(() => throughEdge.ask(0));
  const bare = await startBareWorker();
  const bareAsker = await asker(bare.url, () => ({ path: "/" }));
  const bareFull = await closed(bareAsker.ask);
  for (const it of [throughEdge, directly, bareAsker]) it.close();
  await bare.stop();
  const ratio = round(edge.p50 / direct.p50);
  const saturation = round(edgeFull.perSecond / directFull.perSecond);
  const ofBare = round(cached.perSecond / bareFull.perSecond);
  return {
    name: "reads: searches",
    settings: { events, perSecond, seconds, clients, indexedInSeconds },
    rows: [
      row("Typesense directly, open loop", direct),
      row("each search new, open loop", edge),
      row("Typesense directly, as fast as it goes", directFull),
      row("each search new, as fast as it goes", edgeFull),
      row("one search, cached", cached),
      row("bare Worker, 2 bytes", bareFull),
    ],
    bars: [
      { bar: "uncached p99 < 50 ms", measured: edge.p99, met: edge.p99 < 50 },
      { bar: "uncached p50 ≤ 1.3 × direct", measured: ratio, met: ratio <= 1.3 },
      { bar: "saturation ≥ 0.7 × direct", measured: saturation, met: saturation >= 0.7 },
      { bar: "cached ≥ 0.8 × bare Worker", measured: ofBare, met: ofBare >= 0.8 },
    ],
  };
}

type Request = { path: string; headers?: Record<string, string> };

async function asker(url: string, request: (turn: number) => Request) {
  const client = openClient(url, 64);
  return {
    ask: async (turn: number) => (await client.send(request(turn))).status,
    close: client.close,
  };
}

/** One word, two words, or two words and a number: hardly ever the same twice. */
function keywordOf(turn: number): string {
  const [one = "", two = ""] = [first[turn % 8], second[(turn >> 3) % 8]];
  return turn % 3 === 0 ? `${one} ${turn % 100_000}` : `${one} ${two} ${turn % 100_000}`;
}

/** The edge's own request, spelt out. */
function typesensePath(keyword: string): string {
  return `/collections/events/documents/search?${new URLSearchParams({
    q: keyword,
    query_by: "name,performer_names,aliases,venue_name,city,category",
    query_by_weights: "10,10,8,4,2,1",
    prefix: "true,true,true,true,false,false",
    num_typos: "2,2,1,1,1,0",
    min_len_1typo: "4",
    min_len_2typo: "7",
    typo_tokens_threshold: "1",
    drop_tokens_threshold: "1",
    split_join_tokens: "fallback",
    filter_by: "past:=false",
    sort_by: "_text_match(buckets: 10):desc,starts_at:asc,ord:asc",
    per_page: "20",
    page: "1",
    exclude_fields: "aliases,popularity,rev,ord",
    highlight_fields: "none",
    highlight_full_fields: "none",
    enable_highlight_v1: "false",
    search_cutoff_ms: "150",
    use_cache: "false",
  })}`;
}
