import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { type Database, openDatabase } from "../../db/client.ts";
import { migrate } from "../../db/migrate.ts";
import { type Child, startChild } from "../../dev/child.ts";
import { freePort } from "../../dev/free-port.ts";
import { makeTestFolder, startTestPostgres, startTestTypesense } from "../../dev/testing/parts.ts";
import { waitUntil } from "../../dev/wait-until.ts";
import { openClient } from "../load.ts";
import { nodeEnv, nodeFlags } from "../../indexer/launch.ts";

export interface Lab {
  readonly database: Database;
  readonly databaseUrl: string;
  /** `client` costs less beside what it measures than `fetch` does. */
  readonly typesense: { url: string; apiKey: string; client: ReturnType<typeof openClient> };
  readonly slot: string;
  startIndexer(env?: Record<string, string>): Promise<LabIndexer>;
  /** Those that were started and have not ended, in order. */
  running(): LabIndexer[];
  close(): Promise<void>;
}

export interface LabIndexer {
  readonly child: Child;
  readonly url: string;
  /** One value of `/metrics`, labels included in the name as Prometheus prints them. */
  metric(name: string): Promise<number>;
  state(): Promise<string>;
  stop(): Promise<void>;
}

/** Real parts of the benchmark's own: PostgreSQL 18 and Typesense, the indexer as a process. */
export async function openLab(): Promise<Lab> {
  const folder = makeTestFolder();
  const [postgres, typesense] = await Promise.all([
    startTestPostgres(folder, { settings: { max_wal_size: "4GB", synchronous_commit: "on" } }),
    startTestTypesense(folder),
  ]);
  const database = openDatabase({ url: postgres.databaseUrl, poolSize: 16 });
  await migrate(database.pool);
  const slot = `bench_${randomUUID().replaceAll("-", "").slice(0, 12)}`;
  const target = {
    url: typesense.typesenseUrl,
    apiKey: typesense.typesenseKey,
    client: openClient(typesense.typesenseUrl, 64),
  };
  const running = new Set<LabIndexer>();
  return {
    database,
    databaseUrl: postgres.databaseUrl,
    typesense: target,
    slot,
    startIndexer: async (env = {}) => {
      const indexer = await startIndexer(folder.path, {
        DATABASE_URL: postgres.databaseUrl,
        TYPESENSE_URL: target.url,
        TYPESENSE_API_KEY: target.apiKey,
        SLOT_NAME: slot,
        LOG_LEVEL: "info",
        ...env,
      });
      running.add(indexer);
      return indexer;
    },
    running: () => [...running].filter((indexer) => !indexer.child.exit()),
    close: async () => {
      await Promise.all([...running].map((indexer) => indexer.stop()));
      target.client.close();
      await database.close();
      await Promise.all([postgres.stop(), typesense.stop()]);
      folder.remove();
    },
  };
}

async function startIndexer(folder: string, env: Record<string, string>): Promise<LabIndexer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = await startChild({
    command: process.execPath,
    args: [...nodeFlags, join(import.meta.dirname, "../../indexer/main.ts")],
    env: { ...nodeEnv, ...env, PATH: process.env["PATH"], PORT: String(port) },
    logFile: join(folder, "logs", `indexer-${port}.log`),
  });
  const get = async (path: string) => (await fetch(`${url}${path}`)).text();
  await waitUntil(
    async () => {
      if (child.exit()) throw new Error(`the indexer ended: ${child.log()}`);
      return await get("/health").catch(() => undefined);
    },
    { timeoutMs: 30_000, late: () => new Error("the indexer does not start") },
  );
  return {
    child,
    url,
    metric: async (name) => {
      const line = (await get("/metrics")).split("\n").find((it) => it.startsWith(`${name} `));
      return Number(line?.slice(name.length + 1) ?? Number.NaN);
    },
    state: async () => (JSON.parse(await get("/ready")) as { state: string }).state,
    stop: () => child.stop(),
  };
}

/** Waits for a condition, asked for again and again. */
export async function until(
  what: string,
  condition: () => Promise<boolean>,
  timeoutMs = 300_000,
): Promise<void> {
  await waitUntil(async () => ((await condition()) ? true : undefined), {
    timeoutMs,
    late: () => new Error(`not in time: ${what}`),
  });
}
