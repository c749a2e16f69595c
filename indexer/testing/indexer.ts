import { randomUUID } from "node:crypto";
import { pino } from "pino";
import { onTestFinished, vi } from "vitest";
import { openDatabase } from "../../db/client.ts";
import { type IndexerConfig, readConfig } from "../config.ts";
import { createDeps } from "../create-service.ts";
import type { ServiceDeps, ServiceHooks } from "../deps.ts";
import { expectedDocuments } from "../compare.ts";
import { comparable } from "../compare.ts";
import { IndexerService } from "../service.ts";
import { dropSlot } from "../slot.ts";
import { parseDocument } from "../typesense-sink.ts";

/** Waits are generous: a busy machine must not fail a test. */
export const patience = { timeout: 60_000, interval: 20 };

export interface TestTarget {
  readonly databaseUrl: string;
  readonly typesenseUrl: string;
  readonly typesenseKey: string;
}

export interface RunningIndexer {
  readonly deps: ServiceDeps;
  /** Writes what was received, as on SIGTERM. */
  stop(): Promise<void>;
}

/** A slot name of its own: slots belong to the whole server. */
export function uniqueSlot(): string {
  return `test_${randomUUID().replaceAll("-", "").slice(0, 20)}`;
}

/** An environment for an indexer whose timers are short enough for tests. */
export function testEnv(target: TestTarget, slot: string): Record<string, string> {
  return {
    DATABASE_URL: target.databaseUrl,
    TYPESENSE_URL: target.typesenseUrl,
    TYPESENSE_API_KEY: target.typesenseKey,
    SLOT_NAME: slot,
    LOG_LEVEL: process.env["INDEXER_LOG"] ?? "fatal",
    CHECKPOINT_MS: "100",
    STANDBY_MS: "200",
    HB_MS: "500",
    REQUEST_MS: "200",
    SINK_BACKOFF_MS: "50",
    SINK_BACKOFF_MAX_MS: "500",
    RECONNECT_MS: "50",
    RECONNECT_MAX_MS: "500",
    HALT_PROBE_MS: "500",
    VALIDATE_MS: "1000",
    AVAIL_DEBOUNCE_MS: "100",
    AVAIL_MAX_WAIT_MS: "500",
    AVAIL_GAP_MS: "200",
  };
}

/**
 * Runs an indexer in this process. It is stopped after the test; the slot is for the caller to drop.
 */
export async function startIndexer(
  env: Record<string, string>,
  hooks?: ServiceHooks,
): Promise<RunningIndexer> {
  const config: IndexerConfig = readConfig(env);
  const database = openDatabase({
    url: config.DATABASE_URL,
    poolSize: 4,
    queryTimeoutMs: config.QUERY_TIMEOUT_MS,
  });
  const deps = await createDeps(config, {
    pool: database.pool,
    log: pino({ level: config.LOG_LEVEL }),
    ...(hooks && { hooks }),
  });
  const service = new IndexerService(deps);
  const running = service.run();
  let stopped: Promise<void> | undefined;
  const stop = () => {
    service.stop();
    return (stopped ??= running.then(() => database.close()));
  };
  onTestFinished(stop);
  return { deps, stop };
}

/**
 * Drops the slot after the test. The server may take a minute to notice that whoever streamed it was killed, so it is
 * told to.
 */
export function dropSlotAfter(databaseUrl: string, slot: string): void {
  onTestFinished(async () => {
    const { pool, close } = openDatabase({ url: databaseUrl, poolSize: 1 });
    try {
      await vi.waitFor(async () => {
        await pool.query(
          "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = $1 AND active",
          [slot],
        );
        await dropSlot(pool, slot);
      }, patience);
    } finally {
      await close();
    }
  });
}

/** What readers see, as comparable text by id. */
export async function indexed(deps: ServiceDeps): Promise<Map<string, string>> {
  const live = await deps.collections.current();
  if (!live) return new Map();
  const exported = await deps.sink.export(live);
  if (exported.status !== "exported") throw new Error(`export: ${exported.status}`);
  const documents = exported.lines.map(parseDocument);
  return new Map(documents.map((document) => [document.id, comparable(document)]));
}

/** What readers should see, from the rows. */
export async function wanted(deps: ServiceDeps): Promise<Map<string, string>> {
  const { rows } = await deps.pool.query<{ id: string }>("SELECT id::text FROM events");
  return expectedDocuments(
    deps.pool,
    rows.map((row) => row.id),
  );
}

/** Waits until the index says exactly what the rows say. */
export async function converged(deps: ServiceDeps, timeout = patience.timeout): Promise<void> {
  const sorted = (documents: Map<string, string>) => [...documents.values()].sort();
  await vi.waitFor(
    async () => {
      const [is, should] = await Promise.all([indexed(deps), wanted(deps)]);
      if (JSON.stringify(sorted(is)) !== JSON.stringify(sorted(should))) {
        const different = [...should].filter(([id, text]) => is.get(id) !== text);
        throw new Error(
          `${is.size} documents, ${should.size} wanted; ${JSON.stringify(different.slice(0, 2))} ` +
            JSON.stringify(different.slice(0, 2).map(([id]) => is.get(id))),
        );
      }
    },
    { timeout, interval: 100 },
  );
}
