import { writeFileSync } from "node:fs";
import { startBareWorker } from "../bare-worker.ts";
import { closedLoop, type LoadFigures, openClient } from "../load.ts";
import type { BenchBar, BenchRow } from "../report.ts";
import { startCountedEdge } from "./counted-edge.ts";
import { clients, ReplayCrowd } from "./replay-crowd.ts";

export interface ReplaySettings {
  readonly joins: number;
  readonly pollsPerJoin: number;
  /** Those who come before the opening. */
  readonly earlyShare: number;
  readonly claimShare: number;
  readonly maxActive: number;
  readonly shards: number;
}

/** A fiftieth of the model, with fewer polls for each join: more would take hours on two cores. */
export const replaySettings: ReplaySettings = {
  joins: 200_000,
  pollsPerJoin: 10,
  earlyShare: 0.5,
  claimShare: 0.01,
  maxActive: 100,
  shards: 4,
};

const event = "1";
const bareMs = 5_000;

/** An object that answers at once: what a call to one costs without us. */
const bareObject = `import { DurableObject } from "cloudflare:workers";
export class Bare extends DurableObject { answer() { return "ok"; } }
export default { async fetch(request, env) {
  return new Response(await env.BARE.get(env.BARE.idFromName("one")).answer());
} }`;

/**
 * Real joins, polls and claims through the runtime, with the bare runtime measured in the same run.
 * @param statusFile where the published draw is left, for `verify-lottery`
 */
export async function replay(
  settings: ReplaySettings,
  statusFile: string,
): Promise<{ rows: BenchRow[]; bars: BenchBar[] }> {
  const { joins, shards, maxActive } = settings;
  const bare = await startBareWorker();
  const object = await startBareWorker(bareObject, { BARE: "Bare" });
  const rows = [
    row("bare Worker", await getFor(bare.url)),
    row("bare object call", await getFor(object.url)),
  ];
  await Promise.all([bare.stop(), object.stop()]);
  const edge = await startCountedEdge();
  const crowd = new ReplayCrowd(edge, event);
  try {
    await edge.control({
      kind: "configure",
      event,
      generation: 1,
      opensAt: Math.floor(Date.now() / 1000) * 1000 + 86_400_000,
      admitPerMinute: 60_000,
      maxActive,
      passSeconds: 600,
      graceSeconds: 600,
      message: "",
      shards,
    });
    const early = Math.floor(joins * settings.earlyShare);
    rows.push(row("joins before the opening", await crowd.join(0, early)));
    await edge.control({ kind: "open", event, generation: 1 });
    rows.push(row("joins after the opening", await crowd.join(early, joins)));
    const polls = await crowd.poll(joins * settings.pollsPerJoin);
    rows.push(row("polls", polls));
    const claims = await crowd.claim(Math.floor(joins * settings.claimShare));
    rows.push(row("claims", claims));
    const { calls, peaks } = await edge.counts();
    const moved = await crowd.movedPlaces(500);
    writeFileSync(statusFile, JSON.stringify(await crowd.status(), null, 2));
    const objectCalls = Object.values(calls).reduce((sum, it) => sum + it, 0);
    rows.push({ case: "calls to objects", statuses: JSON.stringify(calls) });
    rows.push({ case: "most calls a second, by object", statuses: JSON.stringify(peaks) });
    const twice = joins - new Set(crowd.members.map(({ number }) => number)).size;
    const per1000 = (1000 * crowd.pollsForwarded) / polls.requests;
    const requests = joins + polls.requests + claims.requests;
    const bar = (name: string, measured: number, met: boolean): BenchBar => ({
      bar: name,
      measured: Math.round(measured * 1000) / 1000,
      met,
    });
    const peak = (name: string) =>
      Math.max(
        0,
        ...Object.entries(peaks).flatMap(([of, it]) => (of.startsWith(name) ? [it] : [])),
      );
    const bars = [
      bar("numbers given twice, or not at all: 0", twice, twice === 0),
      bar("places that moved: 0", moved, moved === 0),
      bar("object calls per user ≤ 1.2", objectCalls / joins, objectCalls / joins <= 1.2),
      bar("polls absorbed ≥ 99.9 %", 100 - per1000 / 10, per1000 <= 1),
      bar("object calls per 1,000 polls ≤ 1", per1000, per1000 <= 1),
      bar("requests per waiter < 55", requests / joins, requests / joins < 55),
      bar("coordinator peak < 500/s", peak("coordinator"), peak("coordinator") < 500),
      bar("shard peak < 500/s", peak("shard"), peak("shard") < 500),
      bar(
        "active over the bound ≤ 2 %",
        crowd.activeMax / maxActive,
        crowd.activeMax <= maxActive * 1.02,
      ),
    ];
    return { rows, bars };
  } finally {
    crowd.close();
    await edge.stop();
  }
}

async function getFor(url: string): Promise<LoadFigures> {
  const client = openClient(url, clients);
  const request = async () => (await client.send({ path: "/" })).status;
  try {
    return await closedLoop({ clients, durationMs: bareMs, request });
  } finally {
    client.close();
  }
}

function row(name: string, { perSecond, p50, p95, p99, statuses }: LoadFigures): BenchRow {
  return { case: name, perSecond, p50, p95, p99, statuses: JSON.stringify(statuses) };
}
