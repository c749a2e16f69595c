import { closedLoop, openClient, openLoop } from "../load.ts";
import type { BenchReport } from "../report.ts";
import type { Lab } from "./lab.ts";
import { row } from "./views.ts";

const perSecond = 50;
const keywords = ["rock", "beyonce", "madison", "jazz", "talor swfit", "berlin", "a", "new york"];
const packed = { "accept-encoding": "br, gzip" };

/** What readers notice while parts are dead: of the origin, of Typesense, of both, and afterwards. */
export async function benchFaults(lab: Lab, seconds: number): Promise<BenchReport> {
  const { stack } = lab;
  const paths = await Promise.all([500, 500, 500].map((seats) => lab.makeEvent(seats)));
  const client = openClient(stack.edgeUrl, 64);
  const view = async (turn: number) =>
    (await client.send({ path: `/events/${paths[turn % paths.length]}`, headers: packed })).status;
  let unmarked = 0;
  let newWord = 0;
  const ask = async (keyword: string) => {
    const path = `/events/search?keyword=${encodeURIComponent(keyword)}`;
    const { status, body } = await client.send({ path });
    if (status === 200 && !body.includes('"degraded":true')) unmarked++;
    return status;
  };
  const known = (turn: number) => ask(keywords[turn % keywords.length] ?? "a");
  const fresh = (turn: number) => ask(`${keywords[turn % keywords.length]} ${newWord++}`);
  const open = (request: (turn: number) => Promise<number>, forSeconds = seconds) =>
    openLoop({ perSecond, durationMs: forSeconds * 1_000, request });
  await closedLoop({ clients: 4, durationMs: 2_000, request: view });
  await closedLoop({ clients: 4, durationMs: 2_000, request: known });

  await stack.kill("origin");
  const originDead = await open(view, 60);
  await stack.kill("typesense");
  await closedLoop({
    clients: 1,
    durationMs: 41_000,
    request: async () => (await new Promise((r) => setTimeout(r, 500)), 0),
  });
  unmarked = 0;
  const bothDeadKnown = await open(known);
  const bothUnmarked = unmarked;
  const bothDeadNew = await open(fresh);
  await stack.restart("origin");
  const recovered = await untilOk(() =>
    client.send({ path: `/events/${paths[0]}`, headers: packed }),
  );
  unmarked = 0;
  const typesenseDead = await open(fresh);
  const deadUnmarked = unmarked;
  await stack.restart("typesense");
  const searchBack = await untilOk(() =>
    client.send({ path: `/events/search?keyword=back+${newWord++}` }),
  );
  client.close();
  const failed = originDead.requests - (originDead.statuses[200] ?? 0);
  const overHalf = typesenseDead.max;
  return {
    name: "reads: faults",
    settings: { perSecond, seconds, events: paths.length, bothUnmarked, deadUnmarked },
    rows: [
      row("origin dead: views, a minute", originDead),
      row("both dead: searches seen before", bothDeadKnown),
      row("both dead: searches not seen before", bothDeadNew),
      row("Typesense dead: searches not seen before", typesenseDead),
      { case: "origin back: ms until the view is not stale", perSecond: recovered },
      { case: "Typesense back: ms until a search is not degraded", perSecond: searchBack },
    ],
    bars: [
      { bar: "origin dead: 0 failed views in a minute", measured: failed, met: failed === 0 },
      { bar: "Typesense dead: no answer over 500 ms", measured: overHalf, met: overHalf <= 500 },
      {
        bar: "Typesense dead: every answer marked",
        measured: deadUnmarked,
        met: deadUnmarked === 0,
      },
      {
        bar: "both dead: every stale answer marked",
        measured: bothUnmarked,
        met: bothUnmarked === 0,
      },
    ],
  };
}

async function untilOk(
  ask: () => Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>,
): Promise<number> {
  const since = performance.now();
  for (;;) {
    const { status, headers, body } = await ask();
    const isStale = String(headers["cache-status"]).includes("stale");
    if (status === 200 && !isStale && !body.includes('"degraded":true')) break;
    if (performance.now() - since > 120_000) throw new Error("it did not come back");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return Math.round(performance.now() - since);
}
