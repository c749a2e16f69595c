import { randomInt } from "node:crypto";
import { afterAll, inject } from "vitest";
import type { PassKeys } from "../../contracts/admission-pass.ts";
import { importSigningKeys } from "../../contracts/edge-signature.ts";
import { createTestDatabase } from "../../db/testing/database.ts";
import type { Database } from "../../db/client.ts";
import { createApp } from "../app.ts";
import { makePassKeys } from "./pass-keys.ts";
import { openRedis, type Deps } from "../deps.ts";
import { createLogger } from "../logger.ts";
import { createTokenVerifier } from "../verify-token.ts";
import { instantPayments } from "../payments/instant-payments.ts";
import { audience, startTestIssuer, type TestIssuer } from "./issuer.ts";
import { signRequest, type EdgeRequest } from "./sign-request.ts";

export interface TestOrigin {
  readonly deps: Deps;
  readonly database: Database;
  readonly databaseUrl: string;
  readonly issuer: TestIssuer;
  /** What the edge would sign admission passes with. */
  readonly passKeys: PassKeys;
  /** Every line of the log so far. */
  readonly log: readonly string[];
  /** Asks as the edge does: signed, with the user's token. */
  ask(path: string, request?: EdgeRequest): Promise<Response>;
  /** Asks as an administrator. */
  asAdmin(path: string, request?: EdgeRequest): Promise<Response>;
}

/**
 * The origin's app on real parts: a database of its own, the run's Redis, an issuer. Call it at the top of a test file.
 * @param replace parts to put something else in front of
 */
export async function createTestOrigin(
  replace: (deps: Deps) => Partial<Deps> = () => ({}),
): Promise<TestOrigin> {
  const { database, url } = await createTestDatabase();
  // Test files have databases of their own but share one Redis, where the keys are made of event ids.
  await database.pool.query(
    `ALTER TABLE events ALTER COLUMN id RESTART WITH ${randomInt(1e10, 1e14)}`,
  );
  const issuer = await startTestIssuer();
  afterAll(() => issuer.stop());
  const passes = await makePassKeys();
  const log: string[] = [];
  const real: Deps = {
    db: database.db,
    redis: openRedis(inject("upstashUrl"), inject("upstashToken")),
    signingKeys: await importSigningKeys(JSON.stringify({ k1: "ab".repeat(32) })),
    passKeys: passes.verifying,
    verifyToken: createTokenVerifier({ ...issuer, audience }),
    now: () => Date.now(),
    logger: createLogger("info", { write: (line) => log.push(line) }),
    payments: instantPayments,
    holdSeconds: 60,
    edgeUrl: "http://127.0.0.1:9",
    stopping: new AbortController().signal,
  };
  const deps = { ...real, ...replace(real) };
  const app = createApp(deps);
  const ask = async (path: string, request: EdgeRequest = {}) =>
    app.fetch(await signRequest({ signingKeys: real.signingKeys, issuer }, path, request));
  return {
    deps,
    database,
    databaseUrl: url,
    issuer,
    passKeys: passes.signing,
    log,
    ask,
    asAdmin: (path, request) => ask(path, { user: "ada", roles: ["admin"], ...request }),
  };
}
