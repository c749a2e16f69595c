import { randomInt } from "node:crypto";
import { Redis } from "@upstash/redis";
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
import { openPayments } from "../../payments/open-payments.ts";
import { startStripeServer, type StripeServer } from "../../testing/stripe-server.ts";
import { audience, startTestIssuer, type TestIssuer } from "../../testing/issuer.ts";
import { makePassKeys } from "../../testing/pass-keys.ts";
import { createTokenVerifier } from "../../verify-token.ts";
import { endWhenItWaits } from "./end-when-it-waits.ts";
import { OriginProcess, type Hazards } from "./origin-process.ts";
import type { TestedProcess } from "./tested-process.ts";
import type { World } from "./world.ts";

/** The real parts under the sequences: one database, one Redis, one issuer, and how a sequence does things to them. */
export interface Lab {
  readonly deps: Deps;
  readonly database: Database;
  readonly databaseUrl: string;
  /** For looking and for accidents; the processes have their own way there. */
  readonly redis: Redis;
  readonly issuer: Pick<TestIssuer, "sign">;
  /** What a process has to know to verify the issuer's tokens. */
  readonly tokens: { readonly issuer: string; readonly audience: string; readonly jwksUrl: string };
  readonly venueId: bigint;
  readonly performerId: bigint;
  /** Every line that says `error`: a bug, whatever was answered. */
  readonly errors: readonly string[];
  /** Where bookings are paid for; absent where all count as paid at once. */
  readonly stripe: StripeServer | undefined;
  /** Starts one of the two processes of a sequence. */
  startProcess(world: World, at: 0 | 1): Promise<TestedProcess>;
  /** Has Redis lose all that it knows. */
  flush(world: World): Promise<void>;
  stopRedis(world: World): Promise<void>;
  startRedis(world: World): Promise<void>;
  close(): Promise<void>;
}

export interface LabParts {
  /** A server; the lab makes a database of its own there. */
  readonly serverUrl: string;
  readonly upstashUrl: string;
  readonly upstashToken: string;
  /** Whether bookings are paid for, at a server that keeps Stripe's rules. */
  readonly takesMoney?: boolean;
  /** Something else instead of the real app, for tests of the tests. */
  readonly createApp?: (deps: Deps) => Hono<AppEnv>;
  /** What is done to the fresh database, for tests of the tests. */
  readonly prepare?: (pool: pg.Pool) => Promise<void>;
}

/** Good for nothing but that server. */
export const stripeSecrets = { secretKey: "sk_test_of_the_lab", webhookSecret: "whsec_of_the_lab" };

/** Opens one; whoever does closes it. */
export async function openLab(parts: LabParts): Promise<Lab> {
  const { url, database, drop } = await cloneDatabase(parts.serverUrl, { poolSize: 30 });
  await database.pool.query(
    `ALTER TABLE events ALTER COLUMN id RESTART WITH ${randomInt(1e10, 1e14)}`,
  );
  await parts.prepare?.(database.pool);
  const issuer = await startTestIssuer();
  const redis = openRedis(parts.upstashUrl, parts.upstashToken);
  // Who looks has no deadline, as the origin has: on a busy machine a late answer is no violation.
  const observer = new Redis({
    url: parts.upstashUrl,
    token: parts.upstashToken,
    automaticDeserialization: false,
    enableTelemetry: false,
    retry: false,
  });
  const errors: string[] = [];
  const stripe = parts.takesMoney ? await startStripeServer() : undefined;
  const deps: Deps = {
    db: database.db,
    redis,
    ...openPayments(
      database.db,
      stripe ? { adapter: "stripe", ...stripeSecrets, apiUrl: stripe.url } : { adapter: "instant" },
    ),
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
  const makeApp = parts.createApp ?? createApp;
  const lab: Lab = {
    deps,
    database,
    databaseUrl: url,
    redis: observer,
    issuer: {
      sign(user) {
        const token = tokens.get(user) ?? issuer.sign(user);
        tokens.set(user, token);
        return token;
      },
    },
    tokens: { ...issuer, audience },
    venueId: (await insertVenue(database.db)).id,
    performerId: (await insertPerformer(database.db)).id,
    errors,
    stripe,
    async startProcess(world) {
      const { eventId } = world;
      const onEndedBackend: Hazards["onEndedBackend"] = (statement) =>
        runOnEndedBackend(lab, eventId, statement);
      return new OriginProcess(deps, { flush: () => world.flush(), onEndedBackend }, makeApp);
    },
    flush: forgetEvent,
    stopRedis: async ({ processes }) => setRedisDown(processes, true),
    startRedis: async ({ processes }) => setRedisDown(processes, false),
    async close() {
      await issuer.stop();
      await stripe?.stop();
      await drop();
    },
  };
  return lab;
}

/** All that Redis knows of the event is gone; the sequences beside it are not touched. */
async function forgetEvent({ lab: { redis }, eventId, users, bookings }: World): Promise<void> {
  const ofUsers = users.map((user) => `user:${user}`);
  const ofKeys = bookings.map(({ id }) => `key:${id}`);
  const names = ["locks", "owners", "keys-since", ...ofUsers, ...ofKeys];
  await redis.del(...names.map((name) => `{${eventId}}:${name}`));
}

function setRedisDown(processes: readonly TestedProcess[], isDown: boolean): void {
  for (const process of processes) {
    if (process instanceof OriginProcess) process.isRedisDown = isDown;
  }
}

/**
 * Runs a statement on a connection of its own and has the server end that connection once the statement waits for one
 * of the tickets: in the middle of its transaction, with some of its work done. A statement that needs none of them
 * just runs.
 */
async function runOnEndedBackend(
  lab: Lab,
  eventId: bigint,
  statement: (db: Database["db"]) => PromiseLike<unknown>,
): Promise<unknown> {
  const own = openDatabase({ url: lab.databaseUrl, poolSize: 1 });
  try {
    const { rows } = await own.pool.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    const run = () => Promise.resolve(statement(own.db));
    return await endWhenItWaits(lab.database.pool, eventId, rows[0]?.pid ?? 0, run);
  } finally {
    await own.close();
  }
}
