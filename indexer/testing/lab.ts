import { afterAll, onTestFinished, vi } from "vitest";
import type { Database } from "../../db/client.ts";
import { createTestDatabase } from "../../db/testing/database.ts";
import { makeTestFolder, startTestTypesense, type TestFolder } from "../../dev/testing/parts.ts";
import type { ServiceHooks } from "../deps.ts";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";
import {
  dropSlotAfter,
  patience,
  type RunningIndexer,
  startIndexer,
  testEnv,
  uniqueSlot,
} from "./indexer.ts";
import { type IndexerProcess, spawnIndexer } from "./process.ts";

export interface IndexerLab {
  readonly database: Database;
  readonly databaseUrl: string;
  readonly typesense: { url: string; apiKey: string };
  /** In front of the search server; indexers of the lab go through it. */
  readonly proxy: FaultProxy;
  readonly folder: TestFolder;
  /** A slot that is dropped after the test, and an environment for it. */
  env(more?: Record<string, string>): Record<string, string> & { SLOT_NAME: string };
  /** An indexer in this process that has finished its first build. */
  start(env: Record<string, string>, hooks?: ServiceHooks): Promise<RunningIndexer>;
  /** The same as a process, to be killed. */
  spawn(env: Record<string, string>): IndexerProcess;
}

/**
 * A database, a Typesense and a proxy of the test file's own: the alias belongs to the whole search server.
 * @param databaseUrl a migrated database of a server of the test's own; else one is cloned on the run's server
 */
export async function openLab(given?: {
  databaseUrl: string;
  database: Database;
}): Promise<IndexerLab> {
  const folder = makeTestFolder();
  const [made, typesense] = await Promise.all([
    given ?? createTestDatabase().then(({ url, database }) => ({ databaseUrl: url, database })),
    startTestTypesense(folder),
  ]);
  const proxy = await startFaultProxy(typesense.typesenseUrl);
  afterAll(async () => {
    await proxy.close();
    await typesense.stop();
    folder.remove();
  });
  const target = {
    databaseUrl: made.databaseUrl,
    typesenseUrl: proxy.url,
    typesenseKey: typesense.typesenseKey,
  };
  return {
    ...made,
    typesense: { url: typesense.typesenseUrl, apiKey: typesense.typesenseKey },
    proxy,
    folder,
    env: (more = {}) => {
      const slot = uniqueSlot();
      dropSlotAfter(made.databaseUrl, slot);
      onTestFinished(() => proxy.set(null));
      return { ...testEnv(target, slot), SLOT_NAME: slot, ...more };
    },
    start: async (env, hooks) => {
      const indexer = await startIndexer(env, hooks);
      await vi.waitUntil(() => indexer.deps.status.state.name === "streaming", patience);
      return indexer;
    },
    spawn: (env) => {
      const child = spawnIndexer(env);
      onTestFinished(async () => {
        child.kill("SIGCONT");
        child.kill("SIGKILL");
        await child.exited;
      });
      return child;
    },
  };
}

/** One value of the metrics, all labels together. */
export async function metricOf(indexer: RunningIndexer, name: string): Promise<number> {
  const metric = await indexer.deps.metrics.registry.getSingleMetric(name)?.get();
  return (metric?.values ?? []).reduce((sum, { value }) => sum + value, 0);
}
