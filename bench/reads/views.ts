import { startBareWorker } from "../bare-worker.ts";
import { closedLoop, type LoadAnswer, openClient } from "../load.ts";
import type { BenchBar, BenchReport, BenchRow } from "../report.ts";
import type { Lab } from "./lab.ts";

const clients = 16;
const herd = 1_000;
/** Miniflare would turn Brotli into gzip for a client that lists gzip first. */
const packed = { "accept-encoding": "br, gzip" };

/** The hot view beside a Worker that returns the same bytes from memory; what a herd costs the origin; 304s. */
export async function benchViews(lab: Lab, seconds: number): Promise<BenchReport> {
  const rows: BenchRow[] = [];
  const bars: BenchBar[] = [];
  for (const seats of [500, 60_000]) {
    const path = `/events/${await lab.makeEvent(seats)}`;
    const first = await once(lab.stack.edgeUrl, path);
    const plain = await once(lab.stack.edgeUrl, path, { "accept-encoding": "identity" });
    const bare = await startBareWorker(scriptOf(first));
    try {
      const cpuBefore = lab.edgeCpuMs();
      const edge = await load(lab.stack.edgeUrl, path, packed, seconds);
      const cpu = lab.edgeCpuMs() - cpuBefore;
      const base = await load(bare.url, path, packed, seconds);
      const again = await load(lab.stack.edgeUrl, path, packed, seconds);
      const known = { ...packed, "if-none-match": String(first.headers.etag) };
      const unchanged = await load(lab.stack.edgeUrl, path, known, seconds);
      const bytes = first.body.length;
      const cpuMsEach = Math.round((cpu / edge.requests) * 100) / 100;
      rows.push(row(`bare Worker, ${seats} seats`, base, { bytes }));
      rows.push(
        row(`view, ${seats} seats`, edge, { bytes, plainBytes: plain.body.length, cpuMsEach }),
      );
      rows.push(row(`view, ${seats} seats, again`, again, { bytes }));
      rows.push(row(`304, ${seats} seats`, unchanged, { bytes: 0 }));
      const ratio = round((edge.perSecond + again.perSecond) / 2 / base.perSecond);
      bars.push({
        bar: `hot view of ${seats} seats ≥ 0.8 × bare`,
        measured: ratio,
        met: ratio >= 0.8,
      });
    } finally {
      await bare.stop();
    }
  }
  const cold = await coldHerd(lab);
  rows.push({ case: `${herd} at once for a cold event`, ...cold });
  const { fetches } = cold;
  bars.push({
    bar: `${herd} at once for a cold event → 1 origin fetch`,
    measured: fetches,
    met: fetches === 1,
  });
  return { name: "reads: views", settings: { clients, seconds, herd }, rows, bars };
}

/** A herd that takes longer than a copy is fresh has it confirmed meanwhile, which is counted apart. */
async function coldHerd(lab: Lab): Promise<{ fetches: number; confirmations: number; ms: number }> {
  const path = `/events/${await lab.makeEvent(500)}`;
  const before = { fetches: lab.originViews(200), confirmations: lab.originViews(304) };
  const client = openClient(lab.stack.edgeUrl, herd);
  const began = performance.now();
  const answers = await Promise.all(
    Array.from({ length: herd }, () => client.send({ path, headers: packed })),
  );
  const ms = Math.round(performance.now() - began);
  client.close();
  const failed = answers.filter(({ status }) => status !== 200).length;
  if (failed > 0) throw new Error(`${failed} of the herd were not answered`);
  const fetches = lab.originViews(200) - before.fetches;
  return { fetches, confirmations: lab.originViews(304) - before.confirmations, ms };
}

async function once(url: string, path: string, headers: Record<string, string> = packed) {
  const client = openClient(url, 1);
  const answer = await client.send({ path, headers });
  client.close();
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
  return answer;
}

async function load(url: string, path: string, headers: Record<string, string>, seconds: number) {
  const client = openClient(url, clients);
  const request = async () => (await client.send({ path, headers })).status;
  await closedLoop({ clients, durationMs: 1_000, request });
  const figures = await closedLoop({ clients, durationMs: seconds * 1_000, request });
  client.close();
  return figures;
}

/** The same bytes with the same headers, from memory. */
function scriptOf({ body, headers }: LoadAnswer): string {
  const { etag = "", "content-encoding": encoding = "" } = headers;
  return `const body = Uint8Array.from(atob(${JSON.stringify(body.toString("base64"))}), (c) => c.charCodeAt(0));
    const headers = { "Content-Type": "application/json", ETag: ${JSON.stringify(etag)},
      "Content-Encoding": ${JSON.stringify(encoding)}, "Cache-Control": "public, no-cache", Vary: "Accept-Encoding" };
    export default { fetch() { return new Response(body, { headers, encodeBody: "manual" }); } }`;
}

export function row(
  name: string,
  { perSecond, p50, p95, p99, max, statuses }: Awaited<ReturnType<typeof closedLoop>>,
  extras: Record<string, number> = {},
): BenchRow {
  return {
    case: name,
    perSecond,
    p50,
    p95,
    p99,
    max,
    statuses: JSON.stringify(statuses),
    ...extras,
  };
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
