import { startRepeater } from "../bare-worker.ts";
import { type LoadAnswer, type LoadFigures, openClient } from "../load.ts";
import type { BenchBar, BenchReport, BenchRow } from "../report.ts";
import type { Lab } from "./lab.ts";
import { ratioOf, sideBySide } from "./side-by-side.ts";

const herd = 1_000;
/** Miniflare would turn Brotli into gzip for a client that lists gzip first. */
const packed = { "accept-encoding": "br, gzip" };

/** The hot view beside a Worker that returns the same bytes from memory; what a herd costs the origin; 304s. */
export async function benchViews(lab: Lab, rounds: number): Promise<BenchReport> {
  const rows: BenchRow[] = [];
  const bars: BenchBar[] = [];
  for (const seats of [500, 60_000]) {
    const measured = await besideBare(lab, seats, rounds);
    rows.push(...measured.rows);
    bars.push({
      bar: `hot view of ${seats} seats ≥ 0.8 × bare`,
      measured: measured.ratio,
      met: measured.ratio >= 0.8,
    });
  }
  const cold = await coldHerd(lab);
  rows.push({ case: `${herd} at once for a cold event`, ...cold });
  bars.push({
    bar: `${herd} at once for a cold event → 1 origin fetch`,
    measured: cold.fetches,
    met: cold.fetches === 1,
  });
  return { name: "reads: views", settings: { rounds, herd }, rows, bars };
}

async function besideBare(lab: Lab, seats: number, rounds: number) {
  const { edgeUrl } = lab.stack;
  const path = `/events/${await lab.makeEvent(seats)}`;
  const first = await once(edgeUrl, path);
  const plain = await once(edgeUrl, path, { "accept-encoding": "identity" });
  const gzipped = await once(edgeUrl, path, { "accept-encoding": "gzip" });
  const availability = await once(edgeUrl, `${path}/availability`);
  const bare = await startRepeater(first);
  try {
    const known = { ...packed, "if-none-match": String(first.headers.etag) };
    const view = { path, headers: packed };
    const figures = await sideBySide(
      [
        {
          name: `bare Worker, ${seats} seats`,
          url: bare.url,
          request: () => view,
          runtime: "bare",
        },
        { name: `view, ${seats} seats`, url: edgeUrl, request: () => view, runtime: "edge" },
        {
          name: `304, ${seats} seats`,
          url: edgeUrl,
          request: () => ({ path, headers: known }),
          runtime: "edge",
        },
        {
          name: `bare Worker, ${seats} seats, no local front`,
          url: bare.directUrl ?? bare.url,
          request: () => view,
          runtime: "bare",
        },
        {
          name: `view, ${seats} seats, no local front`,
          url: lab.directUrl,
          request: () => view,
          runtime: "edge",
        },
      ],
      rounds,
      lab.edgePid,
    );
    const [base, edge] = figures.map(({ rates }) => rates);
    const bytes = {
      case: `bytes on the wire, ${seats} seats`,
      br: first.body.length,
      gzip: gzipped.body.length,
      identity: plain.body.length,
      availability: availability.body.length,
    };
    return {
      rows: [...figures.map((it) => it.row), bytes],
      ratio: ratioOf(edge ?? [], base ?? []),
    };
  } finally {
    await bare.stop();
  }
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

/** One answer, which must be a good one. */
export async function once(
  url: string,
  path: string,
  headers: Record<string, string> = packed,
): Promise<LoadAnswer> {
  const client = openClient(url, 1);
  const answer = await client.send({ path, headers });
  client.close();
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
  return answer;
}

export function row(name: string, figures: LoadFigures): BenchRow {
  const { perSecond, p50, p95, p99, max, statuses } = figures;
  return { case: name, perSecond, p50, p95, p99, max, statuses: JSON.stringify(statuses) };
}
