import { setTimeout as sleep } from "node:timers/promises";
import { startRepeater, startScript } from "../bare-worker.ts";
import { type LoadFigures, openClient, openLoop } from "../load.ts";
import type { BenchBar, BenchReport } from "../report.ts";
import { fillProgramme, type Lab, largeProgramme, settle } from "./lab.ts";
import { round, sideBySide } from "./side-by-side.ts";
import { once, row } from "./views.ts";

const events = largeProgramme;
const perSecond = 100;
/** Open loops take turns as well, so that a disturbance hits both. */
const openRounds = 5;
const first = "midnight golden electric silent northern velvet broken summer".split(" ");
const second = "river orchestra parade tigers theatre harbour echoes festival".split(" ");
/**
 * Searches are kept as gzip. A client that liked Brotli better had the local front unpack and pack each answer of ours
 * anew, and the bare Worker was given what came of that: it sent Brotli, which went through as it was.
 */
const packed = { "accept-encoding": "gzip, br" };

/** Search through the edge beside Typesense asked directly, and beside a bare Worker once it is cached. */
export async function benchSearches(lab: Lab, rounds: number): Promise<BenchReport> {
  const { edgeUrl, typesenseUrl = "", typesenseSearchKey = "" } = lab.stack;
  const indexedInSeconds = await fillProgramme(lab, events);
  const throughEdge = (turn: number) => ({
    path: `/events/search?keyword=${encodeURIComponent(keywordOf(turn))}`,
    headers: packed,
  });
  const key = { "x-typesense-api-key": typesenseSearchKey };
  const directly = (turn: number) => ({ path: typesensePath(keywordOf(turn)), headers: key });
  const forwarder = await startScript(forwardTo(typesenseUrl));
  const forwarderUrl = forwarder.directUrl ?? forwarder.url;
  const cachedPath = throughEdge(1).path;
  await eventuallyOnce(edgeUrl, cachedPath); // the first answer to a search is not packed yet
  const bare = await startRepeater(await once(edgeUrl, cachedPath, packed));
  try {
    await settle(lab);
    // Before the others: searches that were given up at the limit go on for a while in the database.
    const cachedView = { path: cachedPath, headers: packed };
    const cached = await sideBySide(
      [
        {
          name: "bare Worker, same bytes",
          url: bare.url,
          request: () => cachedView,
          runtime: "bare",
        },
        { name: "one search, cached", url: edgeUrl, request: () => cachedView, runtime: "edge" },
        {
          name: "bare Worker, same bytes, no local front",
          url: bare.directUrl ?? bare.url,
          request: () => cachedView,
          runtime: "bare",
        },
        {
          name: "one search, cached, no local front",
          url: lab.directUrl,
          request: () => cachedView,
          runtime: "edge",
        },
      ],
      rounds,
      lab.edgePid,
    );
    const opened = await openLoops([
      { url: typesenseUrl, request: (turn) => directly(turn) },
      { url: forwarderUrl, request: (turn) => directly(turn) },
      { url: lab.directUrl, request: (turn) => throughEdge(turn) },
      { url: edgeUrl, request: (turn) => throughEdge(turn) },
    ]);
    const [direct, forwarded, edge, front] = opened;
    if (!direct || !forwarded || !edge || !front) throw new Error("nothing was measured");
    const figures = await sideBySide(
      [
        {
          name: "Typesense directly",
          url: typesenseUrl,
          request: (it) => directly(it + 2_000_000),
        },
        {
          name: "a Worker that only forwards to Typesense",
          url: forwarderUrl,
          request: (it) => directly(it + 6_000_000),
          runtime: "bare",
        },
        {
          name: "each search new",
          url: lab.directUrl,
          request: (it) => throughEdge(it + 2_000_000),
          runtime: "edge",
        },
        {
          name: "each search new, behind the local front",
          url: edgeUrl,
          request: (it) => throughEdge(it + 4_000_000),
          runtime: "edge",
        },
      ],
      rounds,
      lab.edgePid,
    );
    const [directFull = 1, , edgeFull = 0, frontFull = 0] = figures.map((it) => it.perSecond);
    const [base = 1, known = 0] = cached.map((it) => it.perSecond);
    const ofBare = round(known / base);
    return {
      name: "reads: searches",
      settings: { events, perSecond, openRounds, rounds, indexedInSeconds },
      rows: [
        row("Typesense directly, open loop", direct),
        row("a Worker that only forwards to Typesense, open loop", forwarded),
        row("each search new, open loop", edge),
        row("each search new, behind the local front, open loop", front),
        ...figures,
        ...cached,
      ],
      bars: [
        // Nothing stands in front of Typesense here either.
        ...barsOf("", edge, direct, edgeFull / directFull),
        ...barsOf(", behind the local front", front, direct, frontFull / directFull),
        { bar: "cached ≥ 0.8 × bare Worker", measured: ofBare, met: ofBare >= 0.8 },
      ],
    };
  } finally {
    await Promise.all([bare.stop(), forwarder.stop()]);
  }
}

/** What any Worker in between costs, whatever it does: a limit for ours. */
function forwardTo(typesenseUrl: string): string {
  return `export default { fetch(request, env) {
      const { pathname, search } = new URL(request.url);
      const url = ${JSON.stringify(typesenseUrl)} + pathname + search;
      return env.PRIVATE_NETWORK.fetch(url, { headers: request.headers }); } }`;
}

/** @param atFull throughput, as a share of Typesense's own */
function barsOf(where: string, edge: LoadFigures, direct: LoadFigures, atFull: number): BenchBar[] {
  const ratio = round(edge.p50 / direct.p50);
  const saturation = round(atFull);
  return [
    { bar: `uncached p99 < 50 ms${where}`, measured: edge.p99, met: edge.p99 < 50 },
    { bar: `uncached p50 ≤ 1.3 × direct${where}`, measured: ratio, met: ratio <= 1.3 },
    { bar: `saturation ≥ 0.7 × direct${where}`, measured: saturation, met: saturation >= 0.7 },
  ];
}

/** A machine that has just been loaded to its limit may need a moment. */
async function eventuallyOnce(url: string, path: string) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(url, path, packed);
    } catch (error) {
      if (attempt === 20) throw error;
      await sleep(500);
    }
  }
}

interface Target {
  readonly url: string;
  readonly request: (turn: number) => { path: string; headers: Record<string, string> };
}

/** A fixed rate on each target in turns. @returns the figures of all its turns together, after one to warm up */
async function openLoops(targets: readonly Target[]): Promise<LoadFigures[]> {
  const measured: LoadFigures[][] = targets.map(() => []);
  let offset = 0;
  for (let openRound = -1; openRound < openRounds; openRound++) {
    for (const [nth, { url, request }] of targets.entries()) {
      const client = openClient(url, 64);
      offset += 10_000;
      const from = offset;
      const figures = await openLoop({
        perSecond,
        durationMs: 4_000,
        request: async (turn) => (await client.send(request(from + turn))).status,
      });
      client.close();
      if (openRound >= 0) measured[nth]?.push(figures);
    }
  }
  return measured.map(together);
}

/** Of percentiles the median over the turns, but the highest of all maxima. */
function together(turns: readonly LoadFigures[]): LoadFigures {
  const middle = (of: (it: LoadFigures) => number) =>
    turns.map(of).toSorted((a, b) => a - b)[turns.length >> 1] ?? Number.NaN;
  const statuses: Record<number, number> = {};
  for (const turn of turns) {
    for (const [status, count] of Object.entries(turn.statuses)) {
      statuses[Number(status)] = (statuses[Number(status)] ?? 0) + count;
    }
  }
  return {
    requests: turns.reduce((sum, it) => sum + it.requests, 0),
    statuses,
    perSecond: middle((it) => it.perSecond),
    p50: middle((it) => it.p50),
    p95: middle((it) => it.p95),
    p99: middle((it) => it.p99),
    max: Math.max(...turns.map((it) => it.max)),
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
    include_fields: "shown",
    highlight_fields: "none",
    highlight_full_fields: "none",
    enable_highlight_v1: "false",
    search_cutoff_ms: "150",
    use_cache: "false",
  })}`;
}
