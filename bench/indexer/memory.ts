import { isImport, startFaultProxy } from "../../indexer/testing/fault-proxy.ts";
import type { BenchRow } from "../report.ts";
import { insertSeats } from "./catalogue.ts";
import { type Lab, type LabIndexer, until } from "./lab.ts";

/** One transaction of a million rows: the most that the process ever held while it was streamed and written. */
export async function millionRows(lab: Lab, indexer: LabIndexer): Promise<BenchRow> {
  const before = await indexer.metric("indexer_row_changes_total");
  const sampler = sample(indexer);
  const started = performance.now();
  await insertSeats(lab.database, 1_001, 2_000, 1_000);
  const committed = performance.now();
  await until("a million rows", async () => {
    const seen = (await indexer.metric("indexer_row_changes_total")) - before;
    return seen >= 1_000_000 && (await indexer.metric("indexer_dirty_keys")) === 0;
  });
  return {
    case: "one transaction of 1,000,000 rows",
    transactionSeconds: seconds(committed - started),
    behindSeconds: seconds(performance.now() - committed),
    ...(await sampler.stop()),
  };
}

/**
 * The search server refuses every write for a while, during which tickets and events go on changing; then it takes
 * them again.
 */
export async function sinkOutage(lab: Lab, outageSeconds: number): Promise<BenchRow> {
  const proxy = await startFaultProxy(lab.typesense.url);
  const indexer = await lab.startIndexer({ TYPESENSE_URL: proxy.url });
  await until("streaming", async () => (await indexer.state()) === "streaming");
  const ending = new AbortController();
  proxy.set({ kind: "status", code: 503 }, isImport);
  const sampler = sample(indexer);
  const changing = change(lab, ending.signal);
  await new Promise((resolve) => setTimeout(resolve, outageSeconds * 1_000));
  ending.abort();
  const changes = await changing;
  const figures = await sampler.stop();
  proxy.set(null);
  const healed = performance.now();
  await until("everything written", async () => {
    return (
      (await indexer.metric("indexer_dirty_keys")) === 0 && (await indexer.state()) === "streaming"
    );
  });
  const row = {
    case: `search server down for ${outageSeconds} s`,
    changes,
    recoveredSeconds: seconds(performance.now() - healed),
    reconnects: await indexer.metric("indexer_reconnects_total"),
    deadLetters: await indexer.metric("indexer_dead_letters"),
    ...figures,
  };
  await indexer.stop();
  await proxy.close();
  return row;
}

/** About 1,000 tickets and 100 events a second. */
async function change(lab: Lab, signal: AbortSignal): Promise<number> {
  const started = performance.now();
  let changes = 0;
  for (let turn = 0; !signal.aborted; turn += 1) {
    const waitMs = started + turn * 10 - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const first = 60_001 + ((turn * 10) % 60_000);
    const { rowCount } = await lab.database.pool.query(
      "UPDATE tickets SET price = price + 1 WHERE id >= $1 AND id < $1 + 10",
      [first],
    );
    await lab.database.pool.query("UPDATE events SET version = version + 1 WHERE id = $1", [
      1 + (turn % 2_000),
    ]);
    changes += 1 + (rowCount ?? 0);
  }
  return changes;
}

/** Looks at the process a few times a second, through its own metrics. */
function sample(indexer: LabIndexer) {
  const names = {
    rssMB: "process_resident_memory_bytes",
    heapMB: "nodejs_heap_size_used_bytes",
    externalMB: "nodejs_external_memory_bytes",
    retainedWalMB: "indexer_slot_retained_bytes",
    lagMB: "indexer_slot_lag_bytes",
  } as const;
  const most: Record<string, number> = {};
  const ending = new AbortController();
  const look = async () => {
    for (const [figure, name] of Object.entries(names)) {
      const now = Math.round((await indexer.metric(name)) / 1_000_000);
      if (figure === "rssMB") most["rssBeforeMB"] ??= now;
      most[figure] = Math.max(most[figure] ?? 0, now);
    }
  };
  const running = (async () => {
    while (!ending.signal.aborted) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  })();
  return {
    stop: async () => {
      ending.abort();
      await running;
      await look();
      return most;
    },
  };
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
