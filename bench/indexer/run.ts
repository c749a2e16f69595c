import type { BenchBar, BenchReport, BenchRow } from "../report.ts";
import { makeBacklog, timeDecoding, timeDrain } from "./backlog.ts";
import { timeEdits } from "./edits.ts";
import { insertCatalogue, insertSeats, type Lab, type LabIndexer, openLab, until } from "./lab.ts";
import { timeBareImport, timeRebuild } from "./rebuild.ts";
import { startSale } from "./sale.ts";

const hotEvent = 1;
const backlogRows = 600_000;

/** `npm run bench -- indexer [EVENTS]`: real PostgreSQL 18 and Typesense, the indexer as a process of its own. */
export async function run([events = "100000"]: readonly string[]): Promise<BenchReport> {
  const lab = await openLab();
  const rows: BenchRow[] = [];
  const add = (...more: BenchRow[]) => {
    rows.push(...more);
    for (const row of more) console.error(JSON.stringify(row));
  };
  try {
    await insertCatalogue(lab.database, 2_000);
    await insertSeats(lab.database, hotEvent, hotEvent, 60_000);
    await insertSeats(lab.database, 2, 101, 600);
    const indexer = await streaming(lab);
    await timeEdits(lab, { edits: 50, gapMs: 10, firstEvent: 1_000 }); // warms up
    add({
      case: "edit, idle",
      ...(await timeEdits(lab, { edits: 200, gapMs: 20, firstEvent: 200 })),
    });
    await edits(lab, add, { name: "2,000 changes/s", clients: 4, perSecond: 2_000, edits: 150 });
    await edits(lab, add, { name: "saturation", clients: 4, perSecond: Infinity, edits: 60 });
    await indexer.stop();
    add(...(await backlog(lab)));
    add(await failover(lab));
    await insertCatalogueMore(lab, Number(events));
    add(...(await timeRebuild(lab, 200)), await timeBareImport(lab));
    add(await millionRows(lab));
  } finally {
    await lab.close();
  }
  return {
    name: "indexer",
    settings: { events: Number(events), backlogRows, searchesPerSecond: 200, postgres: 18 },
    rows,
    bars: bars(rows),
  };
}

async function streaming(lab: Lab): Promise<LabIndexer> {
  const indexer = await lab.startIndexer();
  await until("streaming", async () => (await indexer.state()) === "streaming");
  return indexer;
}

async function edits(
  lab: Lab,
  add: (...rows: BenchRow[]) => void,
  load: { name: string; clients: number; perSecond: number; edits: number },
): Promise<void> {
  const sale = startSale(lab, { ...load, name: `seats, ${load.name}`, event: hotEvent });
  const timed = await timeEdits(lab, { edits: load.edits, gapMs: 40, firstEvent: 500 });
  add({ case: `edit, ${load.name}`, ...timed }, await sale.stop());
}

async function backlog(lab: Lab): Promise<BenchRow[]> {
  await lab.database.pool.query("SELECT pg_create_logical_replication_slot('decode', 'pgoutput')");
  await makeBacklog(lab, backlogRows);
  const decoded = await timeDecoding(lab, "decode", backlogRows);
  const indexer = await lab.startIndexer();
  return [decoded, await timeDrain(indexer, backlogRows)];
}

/** Kills the active one (started by `backlog`) with another standing by, until a new edit is searchable. */
async function failover(lab: Lab): Promise<BenchRow> {
  const [active] = lab.running();
  await lab.startIndexer();
  active?.child.kill("SIGKILL");
  const { max } = await timeEdits(lab, { edits: 1, gapMs: 1, firstEvent: 900 });
  return { case: "failover", seconds: Math.round(max) / 1_000 };
}

async function insertCatalogueMore(lab: Lab, count: number): Promise<void> {
  await insertCatalogue(lab.database, count - 2_000);
  await until(
    "the new events",
    async () => (await timeEdits(lab, { edits: 1, gapMs: 1, firstEvent: count })).edits === 1,
  );
}

async function millionRows(lab: Lab): Promise<BenchRow> {
  const indexer = lab.running().at(-1);
  if (!indexer) throw new Error("no indexer runs");
  const before = await indexer.metric("indexer_row_changes_total");
  let mostBytes = 0;
  const started = performance.now();
  await insertSeats(lab.database, 3_000, 3_999, 1_000);
  await until("a million rows", async () => {
    mostBytes = Math.max(mostBytes, await indexer.metric("process_resident_memory_bytes"));
    return (await indexer.metric("indexer_row_changes_total")) - before >= 1_000_000;
  });
  const seconds = (performance.now() - started) / 1_000;
  return {
    case: "one transaction of 1,000,000 rows",
    seconds: Math.round(seconds * 10) / 10,
    rssMB: Math.round(mostBytes / 1_000_000),
  };
}

function bars(rows: readonly BenchRow[]): BenchBar[] {
  const bar = (of: string, figure: string, limit: number, atLeast = false): BenchBar => {
    const measured = Number(rows.find((row) => row.case === of)?.[figure] ?? Number.NaN);
    const sign = atLeast ? ">=" : "<";
    return {
      bar: `${of}: ${figure} ${sign} ${limit}`,
      measured,
      met: atLeast ? measured >= limit : measured < limit,
    };
  };
  return [
    bar("edit, idle", "p50", 15),
    bar("edit, idle", "p99", 30),
    bar("edit, 2,000 changes/s", "p50", 60),
    bar("edit, 2,000 changes/s", "p99", 140),
    bar("edit, saturation", "p99", 2_000),
    bar("seats, saturation", "p99", 3_000),
    bar("seats, saturation", "writesPerSecond", 1.01),
    bar("backlog drained", "perSecond", 60_000, true),
    bar("rebuild", "seconds", 60),
    bar("searches meanwhile", "failed", 1),
    bar("searches meanwhile", "mixed", 1),
    bar("failover", "seconds", 10),
    bar("one transaction of 1,000,000 rows", "rssMB", 300),
  ];
}
