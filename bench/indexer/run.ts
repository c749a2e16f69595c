import type { BenchReport, BenchRow } from "../report.ts";
import { makeBacklog, timeDecoding, timeDrain } from "./backlog.ts";
import { timeEdits } from "./edits.ts";
import { insertCatalogue, insertSeats, openLab, until } from "./lab.ts";

export async function run(): Promise<BenchReport> {
  const lab = await openLab();
  const rows: BenchRow[] = [];
  try {
    await insertCatalogue(lab.database, 1000);
    await insertSeats(lab.database, 2, 101, 600);
    let indexer = await lab.startIndexer();
    await until("building", async () => (await indexer.state()) === "streaming");
    console.log("streaming");
    const idle = await timeEdits(lab, { edits: 100, gapMs: 20, firstEvent: 200 });
    rows.push({ case: "idle", ...idle });
    console.log(idle);
    await indexer.stop();
    await lab.database.pool.query(
      "SELECT pg_create_logical_replication_slot('decode', 'pgoutput')",
    );
    const t = performance.now();
    await makeBacklog(lab, 600_000);
    console.log("backlog", performance.now() - t);
    rows.push(await timeDecoding(lab, "decode", 600_000));
    indexer = await lab.startIndexer();
    rows.push(await timeDrain(indexer, 600_000));
    console.log(indexer.child.log());
  } finally {
    await lab.close();
  }
  return { name: "indexer", settings: {}, rows };
}
