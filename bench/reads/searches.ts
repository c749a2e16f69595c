import { setTimeout as sleep } from "node:timers/promises";
import { startRepeater, startScript } from "../bare-worker.ts";
import { type LoadAnswer, type LoadFigures, openClient, openLoop } from "../load.ts";
import { percentiles } from "../percentiles.ts";
import type { BenchBar, BenchReport, BenchRow } from "../report.ts";
import { fillProgramme, type Lab, largeProgramme, settle } from "./lab.ts";
import { median, ratioOf, sideBySide, sumUp } from "./side-by-side.ts";
import { once, row } from "./views.ts";

const events = largeProgramme;
const perSecond = 100;
/** Open loops take turns of a second as well: who else uses the machine for a moment disturbs all alike. */
const openRounds = 60;
const openMs = 1_000;
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
  const paster = await startScript(pasteFrom(typesenseUrl));
  const forwarderUrl = forwarder.directUrl ?? forwarder.url;
  const cachedPath = throughEdge(1).path;
  const bare = await startRepeater(await oncePacked(lab.directUrl, cachedPath));
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
      { url: paster.directUrl ?? paster.url, request: (turn) => directly(turn) },
      { url: lab.directUrl, request: (turn) => throughEdge(turn) },
      { url: edgeUrl, request: (turn) => throughEdge(turn) },
    ]);
    const [direct, forwarded, pasted, edge, front] = opened;
    if (!direct || !forwarded || !pasted || !edge || !front)
      throw new Error("nothing was measured");
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
    const [directFull = [], , edgeFull = [], frontFull = []] = figures.map((it) => it.rates);
    const [base = [], known = []] = cached.map((it) => it.rates);
    const ofBare = ratioOf(known, base);
    return {
      name: "reads: searches",
      settings: { events, perSecond, openRounds, openMs, rounds, indexedInSeconds },
      rows: [
        openRow("Typesense directly, open loop", direct, direct),
        openRow("a Worker that only forwards to Typesense, open loop", forwarded, direct),
        openRow("a Worker that only pastes what Typesense finds, open loop", pasted, direct),
        openRow("each search new, open loop", edge, direct),
        openRow("each search new, behind the local front, open loop", front, direct),
        ...[...figures, ...cached].map((it) => it.row),
      ],
      bars: [
        // Nothing stands in front of Typesense here either.
        ...barsOf("", edge, direct, ratioOf(edgeFull, directFull)),
        ...barsOf(", behind the local front", front, direct, ratioOf(frontFull, directFull)),
        { bar: "cached ≥ 0.8 × bare Worker", measured: ofBare, met: ofBare >= 0.8 },
      ],
    };
  } finally {
    await Promise.all([bare.stop(), forwarder.stop(), paster.stop()]);
  }
}

/** What any Worker in between costs, whatever it does: a limit for ours. */
function forwardTo(typesenseUrl: string): string {
  return `export default { fetch(request, env) {
      const { pathname, search } = new URL(request.url);
      const url = ${JSON.stringify(typesenseUrl)} + pathname + search;
      return env.PRIVATE_NETWORK.fetch(url, { headers: request.headers }); } }`;
}

/** What every Worker costs that answers as the contract has it, whatever else it does: the same for ours. */
function pasteFrom(typesenseUrl: string): string {
  return `export default { async fetch(request, env) {
      const { pathname, search } = new URL(request.url);
      const url = ${JSON.stringify(typesenseUrl)} + pathname + search;
      const answer = await env.PRIVATE_NETWORK.fetch(url, { headers: request.headers });
      const { found, hits } = await answer.json();
      const events = hits.map((it) => it.document.shown).join(",");
      const headers = { "Content-Type": "application/json" };
      return new Response('{"events":[' + events + '],"total":' + found + "}", { headers }); } }`;
}

/** @param saturation throughput, as a share of Typesense's own */
function barsOf(
  where: string,
  edge: OpenFigures,
  direct: OpenFigures,
  saturation: number,
): BenchBar[] {
  const ratio = ratioOf(edge.p50s, direct.p50s);
  return [
    { bar: `uncached p99 < 50 ms${where}`, measured: edge.p99, met: edge.p99 < 50 },
    { bar: `uncached p50 ≤ 1.3 × direct${where}`, measured: ratio, met: ratio <= 1.3 },
    { bar: `saturation ≥ 0.7 × direct${where}`, measured: saturation, met: saturation >= 0.7 },
  ];
}

function openRow(name: string, figures: OpenFigures, direct: OpenFigures): BenchRow {
  return { ...row(name, figures), ofDirect: ratioOf(figures.p50s, direct.p50s) };
}

/**
 * As the edge keeps it: answers are packed once they were asked for again (decision 0128). Straight at the Worker, since
 * the local front packs what comes unpacked. A machine that has just been loaded to its limit may need a moment.
 */
async function oncePacked(url: string, path: string): Promise<LoadAnswer> {
  for (let attempt = 1; ; attempt++) {
    const answer = await once(url, path, packed).catch(() => undefined);
    if (answer?.headers["content-encoding"] === "gzip") return answer;
    if (attempt === 20) throw new Error("the cached search is not packed");
    await sleep(500);
  }
}

interface Target {
  readonly url: string;
  readonly request: (turn: number) => { path: string; headers: Record<string, string> };
}

/** Of all rounds together, and the median of each. */
interface OpenFigures extends LoadFigures {
  readonly p50s: readonly number[];
}

/** A fixed rate on each target in turns. @returns the figures of each target, after a round to warm up */
async function openLoops(targets: readonly Target[]): Promise<OpenFigures[]> {
  const measured = targets.map((): Awaited<ReturnType<typeof openLoop>>[] => []);
  let offset = 0;
  for (let openRound = -1; openRound < openRounds; openRound++) {
    for (const [nth, { url, request }] of targets.entries()) {
      const client = openClient(url, 64);
      offset += 10_000;
      const from = offset;
      const figures = await openLoop({
        perSecond,
        durationMs: openMs,
        request: async (turn) => (await client.send(request(from + turn))).status,
      });
      client.close();
      if (openRound >= 0) measured[nth]?.push(figures);
    }
  }
  return measured.map((rounds) => ({
    requests: rounds.reduce((sum, it) => sum + it.requests, 0),
    statuses: sumUp(rounds.map(({ statuses }) => statuses)),
    perSecond: median(rounds.map((it) => it.perSecond)),
    ...percentiles(rounds.flatMap(({ latencies }) => latencies)),
    p50s: rounds.map(({ p50 }) => p50),
  }));
}

/** One word and a number, or two words and a number: hardly ever the same twice, and numbers of any length at any time. */
function keywordOf(turn: number): string {
  const [one = "", two = ""] = [first[turn % 8], second[(turn >> 3) % 8]];
  const number = (Math.imul(turn, 2_654_435_761) >>> 0) % 100_000;
  return turn % 3 === 0 ? `${one} ${number}` : `${one} ${two} ${number}`;
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
