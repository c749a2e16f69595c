import { randomInt } from "node:crypto";
import { afterAll, inject } from "vitest";
import { edgeHeaders, importSigningKeys, signParts } from "../../contracts/edge-signature.ts";
import { importPassKeys, type PassKeys, publicHalves } from "../../contracts/admission-pass.ts";
import { createTestDatabase } from "../../db/testing/database.ts";
import type { Database } from "../../db/client.ts";
import { createApp } from "../app.ts";
import { openRedis, type Deps } from "../deps.ts";
import { createLogger } from "../logger.ts";
import { createTokenVerifier } from "../verify-token.ts";
import { audience, startTestIssuer, type TestIssuer } from "./issuer.ts";

export interface EdgeRequest {
  readonly method?: string;
  readonly user?: string;
  readonly roles?: readonly string[];
  /** Anything but text is sent as JSON. */
  readonly body?: unknown;
  /** Further headers; they may overwrite those of the edge after it has signed. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Unix milliseconds. */
  readonly deadline?: number;
  readonly requestId?: string;
}

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

/**
 * A request as the edge sends it.
 * @param path with its query
 */
export async function signRequest(
  { signingKeys, issuer }: Pick<Deps, "signingKeys"> & { readonly issuer: TestIssuer },
  path: string,
  request: EdgeRequest,
  base = "http://origin.test",
): Promise<Request> {
  const { method = "GET", user = "", roles = [], body, headers = {}, deadline } = request;
  const url = new URL(path, base);
  const text = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
  const timestampSeconds = Math.floor(Date.now() / 1000);
  const requestId = request.requestId ?? "test-request";
  const signed = await signParts(signingKeys, {
    method,
    path: url.pathname,
    query: url.search,
    timestampSeconds,
    body: new TextEncoder().encode(text ?? ""),
    user,
    roles: roles.join(","),
    requestId,
    deadline: deadline === undefined ? "" : String(deadline),
  });
  return new Request(url, {
    method,
    ...(text !== undefined && { body: text }),
    headers: {
      [edgeHeaders.keyId]: signed.keyId,
      [edgeHeaders.signature]: signed.signature,
      [edgeHeaders.timestamp]: String(timestampSeconds),
      [edgeHeaders.requestId]: requestId,
      ...(user !== "" && {
        [edgeHeaders.user]: user,
        [edgeHeaders.roles]: roles.join(","),
        Authorization: `Bearer ${await issuer.sign(user, { roles })}`,
      }),
      ...(deadline !== undefined && { [edgeHeaders.deadline]: String(deadline) }),
      ...headers,
    },
  });
}

async function makePassKeys(): Promise<{ signing: PassKeys; verifying: PassKeys }> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const { privateKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const json = JSON.stringify({ p1: await crypto.subtle.exportKey("jwk", privateKey) });
  return {
    signing: await importPassKeys(json, "private"),
    verifying: await importPassKeys(publicHalves(json), "public"),
  };
}
