import type { BenchReport, BenchRow } from "../report.ts";
import { makeBacklog, timeDecoding, timeDrain } from "./backlog.ts";
import { bars } from "./bars.ts";
import { timeEdits } from "./edits.ts";
import { timeFailover } from "./failover.ts";
import { insertCatalogue, insertSeats, insertVenueOf } from "./catalogue.ts";
import { type Lab, type LabIndexer, openLab, until } from "./lab.ts";
import { millionRows, sinkOutage } from "./memory.ts";
import { timeBareImport, timeRebuild } from "./rebuild.ts";
import { startSale } from "./sale.ts";
import { timeServer } from "./server.ts";

const hotEvent = 1;
const backlogRows = 600_000;
const searchesPerSecond = 200;
const outageSeconds = 300;
const firstEvents = 2_000;
const catalogue = 100_000;

type Add = (...rows: BenchRow[]) => void;

/** In the order in which they are run. */
const parts: Record<string, (lab: Lab, add: Add) => Promise<void>> = {
  edits: timeAllEdits,
  backlog: async (lab, add) => {
    await stopAll(lab);
    await lab.database.pool.query(
      "SELECT pg_create_logical_replication_slot('decode', 'pgoutput')",
    );
    await makeBacklog(lab, backlogRows);
    add(await timeDecoding(lab, "decode", backlogRows));
    add(await timeDrain(await lab.startIndexer(), backlogRows));
  },
  failover: async (lab, add) => {
    await streaming(lab);
    add(await timeFailover(lab));
  },
  memory: async (lab, add) => add(await millionRows(lab, await streaming(lab))),
  rebuild: async (lab, add) => {
    const { rows } = await lab.database.pool.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM events",
    );
    await insertCatalogue(lab.database, catalogue - (rows[0]?.count ?? 0));
    await streaming(lab);
    await timeEdits(lab, { edits: 1, gapMs: 1, firstEvent: catalogue }); // waits for them all
    add(...(await timeRebuild(lab, searchesPerSecond)), await timeBareImport(lab));
  },
  server: async (lab, add) => {
    await streaming(lab);
    add(...(await timeServer(lab)));
  },
  outage: async (lab, add) => {
    await stopAll(lab);
    add(await sinkOutage(lab, outageSeconds));
  },
};

/**
 * `npm run bench -- indexer [PART…]`: real PostgreSQL 18 and Typesense, the indexer as a process of its own. Without
 * a part: all, one after the other on the same data.
 * @throws TypeError when there is no such part
 */
export async function run(chosen: readonly string[]): Promise<BenchReport> {
  const unknown = chosen.find((name) => !(name in parts));
  if (unknown !== undefined) {
    throw new TypeError(`no part "${unknown}"; there are: ${Object.keys(parts).join(", ")}`);
  }
  const lab = await openLab();
  const rows: BenchRow[] = [];
  const add = (...more: BenchRow[]) => {
    rows.push(...more);
    for (const row of more) console.error(JSON.stringify(row));
  };
  try {
    await insertCatalogue(lab.database, firstEvents);
    await insertSeats(lab.database, hotEvent, hotEvent, 60_000);
    await insertSeats(lab.database, 2, 101, 600);
    await lab.database.pool.query("ANALYZE");
    await streaming(lab);
    for (const [name, part] of Object.entries(parts)) {
      if (chosen.length === 0 || chosen.includes(name)) await part(lab, add);
    }
  } finally {
    await lab.close();
  }
  return {
    name: "indexer",
    settings: {
      parts: chosen.join(" ") || "all",
      catalogue,
      backlogRows,
      searchesPerSecond,
      outageSeconds,
      postgres: 18,
    },
    rows,
    bars: bars(rows),
  };
}

async function timeAllEdits(lab: Lab, add: Add): Promise<void> {
  await streaming(lab);
  await timeEdits(lab, { edits: 50, gapMs: 10, firstEvent: 1_000 }); // warms up
  add({
    case: "edit, idle",
    ...(await timeEdits(lab, { edits: 200, gapMs: 20, firstEvent: 200 })),
  });
  for (const load of [
    { name: "2,000 changes/s", clients: 4, perSecond: 2_000, edits: 300 },
    { name: "saturation", clients: 4, perSecond: Infinity, edits: 100 },
  ]) {
    const sale = startSale(lab, { ...load, name: `seats, ${load.name}`, event: hotEvent });
    const timed = await timeEdits(lab, { edits: load.edits, gapMs: 40, firstEvent: 500 });
    add({ case: `edit, ${load.name}`, ...timed }, await sale.stop());
  }
  await timeBesideFanout(lab, add);
}

/** Edits of other events while those of one venue are rebuilt, a thousand a second. */
async function timeBesideFanout(lab: Lab, add: Add): Promise<void> {
  const { pool } = lab.database;
  const venue = await insertVenueOf(lab.database, 5_000);
  // Edits are written in their order: once this one is found, so are the venue's events.
  await timeEdits(lab, { edits: 1, gapMs: 1, firstEvent: 499 });
  await pool.query("UPDATE venues SET name = 'Renamed' WHERE id = $1", [venue]);
  add({
    case: "edit, venue of 5,000 renamed",
    ...(await timeEdits(lab, { edits: 80, gapMs: 40, firstEvent: 500 })),
  });
}

/** The indexer that runs, or a new one, once it streams. */
async function streaming(lab: Lab): Promise<LabIndexer> {
  const indexer = lab.running().at(-1) ?? (await lab.startIndexer());
  await until("streaming", async () => (await indexer.state()) === "streaming");
  return indexer;
}

async function stopAll(lab: Lab): Promise<void> {
  await Promise.all(lab.running().map((indexer) => indexer.stop()));
}
