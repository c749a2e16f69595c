import { neonConfig, Pool as NeonPool } from "@neondatabase/serverless";
import { drizzle as drizzleNeon } from "drizzle-orm/neon-serverless";
import { drizzle as drizzlePg } from "drizzle-orm/node-postgres";
import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";
import pg from "pg";
import { boundWaiters } from "./bound-waiters.ts";
import { codeConnectionErrors } from "./connection-error.ts";
import { prepareCalls } from "./prepare-calls.ts";
import { transactOnOne } from "./transact-on-one.ts";

/** A silent connection is probed after so long. */
const keepAliveMs = 10_000;

/** Drizzle over either driver, or a transaction of it. Queries name their tables, so no schema type is carried. */
export type Db = PgDatabase<PgQueryResultHKT, Record<string, never>>;

export interface DatabaseOptions {
  readonly url: string;
  /** Most connections at once; further queries wait for one. */
  readonly poolSize?: number;
  /** So many stay open when they are idle: a new one has everything to plan anew. Absent: none for longer than 10 s. */
  readonly connectionsKept?: number;
  /** Most that may wait for one; whoever comes then fails at once with the code `53300`. Absent: no bound. */
  readonly waitersMax?: number;
  /** How long a query may wait for a connection, in milliseconds, before it fails. */
  readonly connectTimeoutMs?: number;
  /** How long a query may take, in milliseconds, before it fails and its connection is given up: one that was lost
   * without a word never answers. Absent: for ever. */
  readonly queryTimeoutMs?: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName?: string;
  /** `auto` takes the Neon driver for Neon's hosts; tests force either one. */
  readonly driver?: "auto" | "neon" | "pg";
  /** Told about errors of idle connections: the pool replaces them, nobody has to act. */
  readonly onIdleError?: (error: Error) => void;
}

export interface Database {
  readonly db: Db;
  /** For what Drizzle has no words for: `LISTEN`, `COPY`, several statements at once. */
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

/**
 * The one place that knows which driver talks to Postgres: Neon's over WebSockets for Neon's hosts, `pg` otherwise.
 * Connecting happens with the first query. A connection that cannot be made or is lost is an error with the code
 * `08001` or `08006`, unless the server or the network gave it one (`57P01`, `ECONNREFUSED`).
 * @throws TypeError when `url` is not a URL
 */
export function openDatabase(options: DatabaseOptions): Database {
  const config: pg.PoolConfig = {
    connectionString: options.url,
    max: options.poolSize ?? 10,
    min: options.connectionsKept ?? 0,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    application_name: options.applicationName ?? "frontrow",
    ...(options.queryTimeoutMs !== undefined && {
      query_timeout: options.queryTimeoutMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveMs,
    }),
  };
  if (usesNeon(options)) {
    neonConfig.webSocketConstructor = WebSocket;
    const pool = new NeonPool(config) as unknown as pg.Pool;
    const over = (on: unknown) => drizzleNeon(on as NeonPool) as unknown as Db;
    return opened(over, pool, options);
  }
  const over = (on: pg.Pool | pg.PoolClient) => drizzlePg(on) as unknown as Db;
  return opened(over, new pg.Pool(config), options);
}

function opened(
  over: (on: pg.Pool | pg.PoolClient) => Db,
  pool: pg.Pool,
  options: DatabaseOptions,
): Database {
  const db = over(pool);
  // Without a listener an idle connection's end (a restart of the server) would end the process.
  pool.on("error", options.onIdleError ?? (() => {}));
  codeConnectionErrors(pool);
  if (options.waitersMax !== undefined) boundWaiters(pool, options.waitersMax);
  prepareCalls(pool);
  transactOnOne(db, pool, over);
  return { db, pool, close: () => pool.end() };
}

function usesNeon({ url, driver = "auto" }: DatabaseOptions): boolean {
  return driver === "auto"
    ? /\.neon\.(tech|build)$/.test(new URL(url).hostname)
    : driver === "neon";
}
