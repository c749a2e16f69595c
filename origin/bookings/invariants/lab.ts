import { randomInt } from "node:crypto";
import type { Redis } from "@upstash/redis";
import type { Hono } from "hono";
import type pg from "pg";
import { importSigningKeys } from "../../../contracts/edge-signature.ts";
import { openDatabase, type Database } from "../../../db/client.ts";
import { cloneDatabase } from "../../../db/testing/database.ts";
import { insertPerformer, insertVenue } from "../../../db/testing/factories.ts";
import type { AppEnv } from "../../app-env.ts";
import { createApp } from "../../app.ts";
import { openRedis, type Deps } from "../../deps.ts";
import { createLogger } from "../../logger.ts";
import { instantPayments } from "../../payments/instant-payments.ts";
import { audience, startTestIssuer, type TestIssuer } from "../../testing/issuer.ts";
import { makePassKeys } from "../../testing/pass-keys.ts";
import { createTokenVerifier } from "../../verify-token.ts";

/** The real parts under the sequences: one database, one Redis, one issuer. */
export interface Lab {
  readonly deps: Deps;
  readonly database: Database;
  readonly databaseUrl: string;
  readonly redis: Redis;
  readonly issuer: Pick<TestIssuer, "sign">;
  readonly venueId: bigint;
  readonly performerId: bigint;
  readonly createApp: (deps: Deps) => Hono<AppEnv>;
  /** Every line that says `error`: a bug, whatever was answered. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

export interface LabParts {
  /** A server; the lab makes a database of its own there. */
  readonly serverUrl: string;
  readonly upstashUrl: string;
  readonly upstashToken: string;
  /** Something else instead of the real app, for tests of the tests. */
  readonly createApp?: (deps: Deps) => Hono<AppEnv>;
  /** What is done to the fresh database, for tests of the tests. */
  readonly prepare?: (pool: pg.Pool) => Promise<void>;
}

/** Opens one; whoever does closes it. */
export async function openLab(parts: LabParts): Promise<Lab> {
  const { url, database, drop } = await cloneDatabase(parts.serverUrl, { poolSize: 30 });
  await database.pool.query(
    `ALTER TABLE events ALTER COLUMN id RESTART WITH ${randomInt(1e10, 1e14)}`,
  );
  await parts.prepare?.(database.pool);
  const issuer = await startTestIssuer();
  const redis = openRedis(parts.upstashUrl, parts.upstashToken);
  const errors: string[] = [];
  const deps: Deps = {
    db: database.db,
    redis,
    payments: instantPayments,
    signingKeys: await importSigningKeys(JSON.stringify({ k1: "ab".repeat(32) })),
    passKeys: (await makePassKeys()).verifying,
    verifyToken: createTokenVerifier({ ...issuer, audience }),
    now: () => Date.now(),
    logger: createLogger("error", { write: (line) => errors.push(line) }),
    holdSeconds: 60,
    edgeUrl: "http://127.0.0.1:9",
    stopping: new AbortController().signal,
  };
  const tokens = new Map<string, Promise<string>>();
  return {
    deps,
    database,
    databaseUrl: url,
    redis,
    issuer: {
      sign(user) {
        const token = tokens.get(user) ?? issuer.sign(user);
        tokens.set(user, token);
        return token;
      },
    },
    venueId: (await insertVenue(database.db)).id,
    performerId: (await insertPerformer(database.db)).id,
    createApp: parts.createApp ?? createApp,
    errors,
    async close() {
      await issuer.stop();
      await drop();
    },
  };
}

/** How often the server is asked whether a statement waits, in milliseconds. */
const lookMs = 2;

/**
 * Runs a statement on a connection of its own and has the server end that connection once the statement waits for one
 * of the tickets: in the middle of its transaction, with some of its work done. A statement that needs none of them
 * just runs.
 */
export async function runOnEndedBackend(
  { databaseUrl, database: { pool } }: Lab,
  eventId: bigint,
  statement: (db: Database["db"]) => PromiseLike<unknown>,
): Promise<unknown> {
  const own = openDatabase({ url: databaseUrl, poolSize: 1 });
  const blocker = await pool.connect();
  try {
    const { rows } = await own.pool.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    const pid = rows[0]?.pid;
    await blocker.query("BEGIN");
    await blocker.query("SELECT FROM tickets WHERE event_id = $1 ORDER BY id FOR UPDATE", [
      eventId,
    ]);
    const state = { isDone: false };
    const running = Promise.resolve(statement(own.db)).finally(() => {
      state.isDone = true;
    });
    running.catch(() => undefined);
    while (!state.isDone) {
      const ended = await pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND wait_event_type = 'Lock'`,
        [pid],
      );
      if (ended.rowCount === 1) break;
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
    return await running;
  } finally {
    await blocker.query("ROLLBACK").catch(() => undefined);
    blocker.release();
    await own.close();
  }
}
