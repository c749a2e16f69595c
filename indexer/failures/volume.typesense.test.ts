import { expect, test, vi } from "vitest";
import { pino } from "pino";
import { insertEvent } from "../../db/testing/factories.ts";
import { readConfig } from "../config.ts";
import { createDeps } from "../create-service.ts";
import { isImport } from "../testing/fault-proxy.ts";
import { converged, patience } from "../testing/indexer.ts";
import { openLab } from "../testing/lab.ts";

vi.setConfig({ testTimeout: 300_000 });
const lab = await openLab();
const { db, pool } = lab.database;
const name = new URL(lab.databaseUrl).pathname.slice(1);

/** What the indexer may hold, whatever the stream or the search server do (`npm run bench -- indexer memory`). */
const rssBytesMax = 300_000_000;

const { venueId, performerId } = await insertEvent(db);
await pool.query(
  `INSERT INTO events (venue_id, performer_id, name, status, starts_at, ends_at, on_sale_at)
   SELECT $1, $2, 'Evening ' || n, 'published', now() + interval '9 days', now() + interval '10 days', now()
   FROM generate_series(1, 2000) n`,
  [venueId, performerId],
);
await pool.query(
  `INSERT INTO tickets (event_id, section, "row", seat, row_index, seat_index, price, currency)
   SELECT e.id, 'A', (s / 100)::text, (s % 100)::text, s / 100, s % 100, 100, 'GBP'
   FROM events e, generate_series(0, 499) s`,
);
await pool.query("VACUUM ANALYZE tickets");

test("a transaction of a million rows is followed in bounded memory, and the server goes on hearing from us", async () => {
  const indexer = await spawnWatched({ STATUS_MS: "300" });
  const { rowCount } = await pool.query("UPDATE tickets SET price = price + 1");
  expect(rowCount).toBeGreaterThan(1_000_000);
  await vi.waitUntil(
    async () => (await indexer.metric("indexer_row_changes_total")) >= Number(rowCount),
    { ...patience, timeout: 120_000 },
  );
  await converged(indexer.deps, 120_000);
  expect(await indexer.metric("indexer_reconnects_total")).toBe(0);
  expect(await indexer.rssBytesMost()).toBeLessThan(rssBytesMax);
});

test("through an outage of the search server memory is bounded, and what the server keeps for us is to be seen", async () => {
  const indexer = await spawnWatched({ STATUS_MS: "300", MAX_DIRTY: "1000" });
  lab.proxy.set({ kind: "status", code: 503 }, isImport);
  const started = performance.now();
  // Longer than the server would wait for a silent client.
  for (let turn = 0; performance.now() - started < 10_000; turn += 1) {
    await pool.query("UPDATE events SET version = version + 1");
    await pool.query("UPDATE tickets SET price = price + 1 WHERE id % 100 = $1", [turn % 100]);
  }
  await vi.waitUntil(async () => {
    const [paused, retained, lag] = await Promise.all([
      indexer.metric("indexer_stream_paused"),
      indexer.metric("indexer_slot_retained_bytes"),
      indexer.metric("indexer_slot_lag_bytes"),
    ]);
    return paused === 1 && retained > 1_000_000 && lag > 1_000_000;
  }, patience);
  lab.proxy.set(null);
  await converged(indexer.deps, 120_000);
  await vi.waitUntil(
    async () => (await indexer.metric("indexer_slot_lag_bytes")) < 1_000_000,
    patience,
  );
  expect(await indexer.metric("indexer_reconnects_total")).toBe(0);
  expect(await indexer.metric("indexer_dead_letters")).toBe(0);
  expect(await indexer.rssBytesMost()).toBeLessThan(rssBytesMax);
});

/** A process that streams, to which the server listens for two seconds before it hangs up, and which is watched. */
async function spawnWatched(more: Record<string, string>) {
  const env = lab.env({ ...more, AVAIL_GAP_MS: "1000", LOG_LEVEL: "info" });
  const deps = await createDeps(readConfig(env), { pool, log: pino({ level: "silent" }) });
  await pool.query(`ALTER DATABASE ${name} SET wal_sender_timeout = '2s'`);
  const child = lab.spawn(env);
  const port = await vi.waitUntil(
    () => /"port":(\d+),"msg":"listening"/.exec(child.log())?.[1],
    patience,
  );
  const metric = async (wanted: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => null);
    const line = (await answer?.text())?.split("\n").find((it) => it.startsWith(`${wanted} `));
    return Number(line?.slice(wanted.length + 1) ?? Number.NaN);
  };
  await converged(deps);
  await vi.waitUntil(async () => (await child.state()) === "streaming", patience);
  await pool.query(`ALTER DATABASE ${name} RESET wal_sender_timeout`);
  let most = 0;
  const ending = new AbortController();
  const watched = (async () => {
    while (!ending.signal.aborted) {
      most = Math.max(most, (await metric("process_resident_memory_bytes")) || 0);
      await deps.clock.sleep(100);
    }
  })();
  const rssBytesMost = async () => {
    ending.abort();
    await watched;
    child.kill("SIGKILL");
    return most;
  };
  return { deps, metric, rssBytesMost };
}
