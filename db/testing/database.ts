import { createHash, randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, inject } from "vitest";
import { openDatabase, type Database, type DatabaseOptions } from "../client.ts";
import { migrate, readMigrations } from "../migrate.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A Postgres server for tests; the global setup starts it. Its user may create databases. */
    databaseUrl: string;
  }
}

export interface TestDatabase {
  readonly url: string;
  readonly database: Database;
  /** Closes `database` and drops it on the server, whoever is still connected; a second call does nothing. */
  drop(): Promise<void>;
}

/** Any constant: it only has to be the same in every test process. */
const templateLock = 7_305_193_002;

/** Tests may wait for a busy machine; what they wait for is not how fast it is. */
const connectTimeoutMs = 30_000;

/**
 * A migrated, empty database of its own for one test file, cloned from a template that the first caller makes.
 * Call it at the top of the file (`const { database } = await createTestDatabase()`): it is dropped after all tests.
 * Publications are cloned with it; replication slots belong to the server, so name them uniquely.
 */
export async function createTestDatabase(
  options: Omit<DatabaseOptions, "url"> = {},
): Promise<TestDatabase> {
  const made = await cloneDatabase(inject("databaseUrl"), options);
  afterAll(() => made.drop());
  return made;
}

/**
 * The same without vitest's hooks: whoever calls it drops it.
 * @param serverUrl any database of the server
 */
export async function cloneDatabase(
  serverUrl: string,
  options: Omit<DatabaseOptions, "url"> = {},
): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll("-", "").slice(0, 20)}`;
  await withClient(serverUrl, async (client) => {
    const template = await ensureTemplate(client, serverUrl);
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  });
  const url = databaseUrl(serverUrl, name);
  const database = openDatabase({ applicationName: name, connectTimeoutMs, ...options, url });
  let dropped: Promise<void> | undefined;
  return {
    url,
    database,
    drop: () => (dropped ??= database.close().then(() => dropDatabase(serverUrl, name))),
  };
}

/** @returns the URL of another database of the same server */
export function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** The template's name carries the migrations' hash, so that a kept server never serves an old schema. */
async function ensureTemplate(client: pg.Client, serverUrl: string): Promise<string> {
  const migrations = await readMigrations();
  const hash = createHash("sha256").update(migrations.map((it) => it.hash).join());
  const name = `template_${hash.digest("hex").slice(0, 16)}`;
  await client.query("SELECT pg_advisory_lock($1)", [templateLock]);
  try {
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [name]);
    if (rowCount === 0) {
      // Renamed only when complete: a run killed here must not leave half a template behind.
      await client.query(`DROP DATABASE IF EXISTS ${name}_new WITH (FORCE)`);
      await client.query(`CREATE DATABASE ${name}_new TEMPLATE template0`);
      const made = openDatabase({
        url: databaseUrl(serverUrl, `${name}_new`),
        poolSize: 1,
        connectTimeoutMs,
      });
      await migrate(made.pool, migrations).finally(() => made.close());
      await client.query(`ALTER DATABASE ${name}_new RENAME TO ${name}`);
    }
  } finally {
    await client.query("SELECT pg_advisory_unlock($1)", [templateLock]);
  }
  return name;
}

/** An active logical replication slot would keep the database: its walsender is ended first. */
async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  await withClient(serverUrl, async (client) => {
    await client.query(
      `SELECT pg_terminate_backend(active_pid, 10000) FROM pg_replication_slots
       WHERE database = $1 AND active_pid IS NOT NULL`,
      [name],
    );
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  });
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
