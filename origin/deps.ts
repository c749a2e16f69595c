import { Redis, type RedisConfigNodejs } from "@upstash/redis";
import type { Logger } from "pino";
import type { PassKeys } from "../contracts/admission-pass.ts";
import type { SigningKeys } from "../contracts/edge-signature.ts";
import { openDatabase, type Db } from "../db/client.ts";
import type { Config } from "./config.ts";
import { openPayments, type Till } from "./payments/open-payments.ts";
import type { Payments } from "./payments/payments.ts";
import type { TicketKey } from "./tickets/ticket-key.ts";
import { createRedisTransport } from "./redis-transport.ts";
import { createTokenVerifier, type VerifyToken } from "./verify-token.ts";

/** Longest that one command to Redis may take, in milliseconds: a dead Redis must not hold a request up. */
const redisTimeoutMs = 850;

/**
 * Callers that may wait for a connection, for each that there is: about what is served in a fifth of a second. More
 * would only make all of them late.
 */
const waitersPerConnection = 10;
/** What a sale uses while it goes well: when one begins after a quiet hour, they are there and know their plans. */
export const connectionsKept = 4;
/** Longest wait for a connection, in milliseconds. */
const connectTimeoutMs = 2_000;

/** What the parts of the origin need from the outside. Tests hand in real parts of their own. */
export interface Deps {
  readonly db: Db;
  /** Answers are strings as Redis holds them: ids are never turned into numbers. */
  readonly redis: Redis;
  readonly payments: Payments;
  /** Where money moves; absent when every booking counts as paid at once. */
  readonly till?: Till | undefined;
  readonly signingKeys: SigningKeys;
  /** Public halves of the keys that sign admission passes. */
  readonly passKeys: PassKeys;
  readonly verifyToken: VerifyToken;
  /** The clock, Unix milliseconds. Expiry of holds is decided by the clocks of Redis and Postgres instead. */
  readonly now: () => number;
  readonly logger: Logger;
  /** What tickets are signed with; without it nobody gets codes. */
  readonly ticketKey?: TicketKey | undefined;
  /** How long a hold lasts, in seconds. */
  readonly holdSeconds: number;
  /** Where the edge is told about changes, without a trailing slash. */
  readonly edgeUrl: string;
  /** Aborted once the process begins to stop. */
  readonly stopping: AbortSignal;
}

/**
 * Opens the real parts. Nothing is connected before its first use.
 * @returns the parts, and what closes them
 */
export function openDeps(
  config: Config,
  logger: Logger,
  stopping: AbortSignal,
): { deps: Deps; close: () => Promise<void> } {
  const database = openDatabase({
    url: config.databaseUrl,
    poolSize: config.databasePoolSize,
    connectionsKept,
    waitersMax: config.databasePoolSize * waitersPerConnection,
    connectTimeoutMs,
    applicationName: "frontrow-origin",
    onIdleError: (error) => logger.warn({ err: error }, "an idle database connection ended"),
  });
  const deps: Deps = {
    db: database.db,
    redis: openRedis(config.redisUrl, config.redisToken),
    ...openPayments(database.db, config.payments),
    signingKeys: config.signingKeys,
    passKeys: config.passKeys,
    verifyToken: createTokenVerifier(config.tokens),
    now: () => Date.now(),
    logger,
    ticketKey: config.ticketKey,
    holdSeconds: config.holdSeconds,
    edgeUrl: config.edgeUrl.replace(/\/$/, ""),
    stopping,
  };
  return { deps, close: () => database.close() };
}

/**
 * Upstash's client as the origin uses it: plain strings (no guessed types, no base64), one try and a time limit,
 * because a script that ran but whose answer was lost must not blindly run again.
 */
export function openRedis(url: string, token: string): Redis {
  return new OriginRedis({
    url,
    token,
    automaticDeserialization: false,
    enableTelemetry: false,
    enableAutoPipelining: false,
  });
}

/** The client with another way to its server; its constructor takes one only without any other option. */
class OriginRedis extends Redis {
  constructor(config: RedisConfigNodejs & { readonly url: string; readonly token: string }) {
    super(config);
    this.client = createRedisTransport({ ...config, timeoutMs: redisTimeoutMs });
  }
}
