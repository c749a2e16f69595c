import { closedLoop, openClient, openLoop } from "../load.ts";
import type { BenchReport } from "../report.ts";
import { countDocuments, type Lab } from "./lab.ts";
import { row } from "./views.ts";

const perSecond = 50;
const originDeadSeconds = 60;
/** Of a view once the origin answers again, and of a search once Typesense does: see the policies of the edge. */
const freshMsMax = { view: 2_000, search: 6_000 };
const keywords = ["rock", "beyonce", "madison", "jazz", "talor swfit", "berlin", "a", "new york"];
const packed = { "accept-encoding": "br, gzip" };

/** What readers notice while parts are dead: of the origin, of Typesense, of both, and afterwards. */
export async function benchFaults(lab: Lab, seconds: number): Promise<BenchReport> {
  const { stack } = lab;
  const paths = await Promise.all(
    [500, 500, 500].map(async (seats) => `/events/${await lab.makeEvent(seats)}`),
  );
  const client = openClient(stack.edgeUrl, 64);
  const send = (path: string) => client.send({ path, headers: packed });
  const view = async (turn: number) => {
    const { status, body } = await send(paths[turn % paths.length] ?? "");
    // None may fail: what one says that does is worth more than that it did.
    if (status !== 200) console.error(`a view failed: ${status}`, body.toString().slice(0, 500));
    return status;
  };
  let unmarked = 0;
  let words = 0;
  const ask = async (keyword: string) => {
    const path = `/events/search?keyword=${encodeURIComponent(keyword)}`;
    const { status, body } = await client.send({ path });
    if (status === 200 && !body.includes('"degraded":true')) unmarked++;
    return status;
  };
  const known = (turn: number) => ask(keywords[turn % keywords.length] ?? "a");
  const unknown = (turn: number) => ask(`${keywords[turn % keywords.length]} ${words++}`);
  const open = async (request: (turn: number) => Promise<number>, forSeconds = seconds) => {
    unmarked = 0;
    const figures = await openLoop({ perSecond, durationMs: forSeconds * 1_000, request });
    return { figures, unmarked };
  };
  await closedLoop({ clients: 4, durationMs: 1_000, request: view });
  await closedLoop({ clients: 4, durationMs: 1_000, request: known });

  const documents = await countDocuments(stack);
  await stack.kill("origin");
  // Meanwhile the searches grow too old to be served as they are.
  const originDead = await open(view, originDeadSeconds);
  await stack.kill("typesense");
  const bothDeadKnown = await open(known);
  const bothDeadNew = await open(unknown);
  const renamed = `Back ${Date.now()}`;
  await lab.database.pool.query("UPDATE events SET name = $1 WHERE id = $2", [
    renamed,
    paths[0]?.slice("/events/".length),
  ]);
  await stack.restart("origin");
  const viewBack = await untilOk(async () =>
    (await client.send({ path: paths[0] ?? "" })).body.includes(renamed),
  );
  const typesenseDead = await open(unknown);
  await stack.restart("typesense");
  const isWhole = async () => {
    const { status, body } = await client.send({ path: `/events/search?keyword=b+${words++}` });
    return status === 200 && !body.includes('"degraded":true');
  };
  const hasAll = async () => (await countDocuments(stack).catch(() => 0)) >= documents;
  const [searchBack, documentsBack] = await Promise.all([untilOk(isWhole), untilOk(hasAll)]);
  await stack.kill("typesense", "SIGSTOP");
  const typesenseHangs = await open(unknown);
  await stack.kill("typesense", "SIGCONT");
  const searchThawed = await untilOk(isWhole);
  client.close();

  const failed = originDead.figures.requests - (originDead.figures.statuses[200] ?? 0);
  const slowest = Math.max(typesenseDead.figures.max, typesenseHangs.figures.max);
  const honest = bothDeadNew.figures.statuses[503] ?? 0;
  const bar = (name: string, measured: number, most: number) => ({
    bar: name,
    measured,
    met: measured <= most,
  });
  return {
    name: "reads: faults",
    settings: { perSecond, seconds, originDeadSeconds, events: await countEvents(lab) },
    rows: [
      row("origin dead: views, a minute", originDead.figures),
      row("both dead: searches seen before", bothDeadKnown.figures),
      row("both dead: searches not seen before", bothDeadNew.figures),
      row("Typesense dead: searches not seen before", typesenseDead.figures),
      row("Typesense hangs: searches not seen before", typesenseHangs.figures),
      { case: "origin back: ms until a name edited meanwhile shows", ms: viewBack },
      {
        case: "Typesense back: ms until it finds all documents, asked directly",
        ms: documentsBack,
      },
      { case: "Typesense back: ms until a search is whole", ms: searchBack },
      { case: "Typesense thawed: ms until a search is whole", ms: searchThawed },
    ],
    bars: [
      bar("origin dead: failed views in a minute", failed, 0),
      bar("Typesense dead or hanging: slowest answer, ms", slowest, 500),
      bar(
        "Typesense dead or hanging: answers not marked",
        typesenseDead.unmarked + typesenseHangs.unmarked,
        0,
      ),
      bar("both dead: stale answers not marked", bothDeadKnown.unmarked, 0),
      bar(
        "both dead: known searches not answered",
        bothDeadKnown.figures.requests - (bothDeadKnown.figures.statuses[200] ?? 0),
        0,
      ),
      bar("both dead: new searches without a 503", bothDeadNew.figures.requests - honest, 0),
      bar("origin back: fresh after ms", viewBack, freshMsMax.view),
      bar("Typesense back: whole after ms", Math.max(searchBack, searchThawed), freshMsMax.search),
    ],
  };
}

async function countEvents({ database }: Lab): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM events WHERE status = 'published'",
  );
  return rows[0]?.count ?? 0;
}

async function untilOk(look: () => Promise<boolean>): Promise<number> {
  const since = performance.now();
  while (!(await look())) {
    if (performance.now() - since > 120_000) throw new Error("it did not come back");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return Math.round(performance.now() - since);
}
