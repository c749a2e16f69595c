import { nodeEnv, nodeFlags } from "../indexer/launch.ts";
import { type AppProcess, startApp } from "./app-process.ts";
import { audience } from "./identity/sign-token.ts";
import { publicHalf } from "./identity/signing-key.ts";
import type { Identity } from "./identity/start.ts";
import { leaveRunning, type Part, PartError } from "./part.ts";
import type { Postgres } from "./postgres.ts";
import type { RedisGateway } from "./redis-gateway.ts";
import type { StackContext } from "./stack-context.ts";
import type { Typesense } from "./typesense.ts";
import { waitUntil } from "./wait-until.ts";

/** Where our own processes answer: chosen before any of them starts, since they look for one another. */
export interface Addresses {
  originPort: number;
  indexerPort: number;
  edgePort: number;
}

const holdSeconds = "600";
const paymentSettings = [
  "PAYMENTS",
  "STRIPE_SECRET_KEY",
  "STRIPE_WEBHOOK_SECRET",
  "STRIPE_API_URL",
] as const;
/** What the built-in programme takes many times over. */
const indexMsMax = 30_000;
const slotName = "frontrow_search";

export async function startOrigin(
  context: StackContext,
  addresses: Addresses,
  needs: { postgres: Postgres; upstash: RedisGateway; identity: Identity },
): Promise<AppProcess> {
  return await startApp(context, {
    name: "origin",
    detail: "Node",
    program: "origin/server.ts",
    port: addresses.originPort,
    healthPath: "/health",
    env: {
      ...passOn(context, ["LOG_LEVEL", "DATABASE_POOL_SIZE", ...paymentSettings]),
      ...trust(context, needs.identity),
      DATABASE_URL: needs.postgres.databaseUrl,
      UPSTASH_REDIS_REST_URL: needs.upstash.upstashUrl,
      UPSTASH_REDIS_REST_TOKEN: needs.upstash.upstashToken,
      PASS_VERIFYING_KEYS: passKeys(publicHalf(context.secrets.admissionPass)),
      EDGE_URL: loopback(addresses.edgePort),
      TICKET_SIGNING_KEY: JSON.stringify(context.secrets.ticketSigningKey),
      HOLD_SECONDS: context.env["HOLD_SECONDS"] || holdSeconds,
    },
  });
}

/** Not to be had without a Typesense, or where changes cannot be followed. */
export async function startIndexer(
  context: StackContext,
  addresses: Addresses,
  needs: { postgres: Postgres; typesense: Typesense | undefined },
): Promise<Part & Partial<AppProcess>> {
  const endpoint = needs.typesense?.endpoint;
  if (endpoint === undefined) return withoutIndexer("there is no Typesense to index into");
  if (!needs.postgres.canFollow) return withoutIndexer("PostgreSQL's wal_level is not logical");
  return await startApp(context, {
    name: "indexer",
    detail: "Node",
    program: "indexer/main.ts",
    nodeFlags,
    port: addresses.indexerPort,
    healthPath: "/health",
    env: {
      ...nodeEnv,
      ...passOn(context, ["LOG_LEVEL"]),
      DATABASE_URL: needs.postgres.databaseUrl,
      TYPESENSE_URL: endpoint.typesenseUrl,
      TYPESENSE_API_KEY: endpoint.typesenseKey,
      SLOT_NAME: slotName,
      EDGE_URL: loopback(addresses.edgePort),
      EDGE_SIGNING_KEYS: JSON.stringify(context.secrets.edgeSigningKeys),
    },
  });
}

/** Waits until the first index is built, so that the first search is answered by it. Not for ever: meanwhile, or where
 * the index is long in the building, PostgreSQL answers. */
export async function untilIndexed(indexerUrl: string, signal: AbortSignal): Promise<void> {
  const isReady = async () => {
    const answer = await fetch(`${indexerUrl}/ready`).catch(() => undefined);
    await answer?.arrayBuffer();
    return answer?.ok || undefined;
  };
  const late = () => new PartError("the index is still being built");
  await waitUntil(isReady, { timeoutMs: indexMsMax, late, signal }).catch(() => undefined);
}

export async function startEdgeProcess(
  context: StackContext,
  addresses: Addresses,
  needs: { typesense: Typesense | undefined; identity: Identity; rateLimits: boolean },
): Promise<AppProcess> {
  const endpoint = needs.typesense?.endpoint;
  const variables = {
    ...trust(context, needs.identity),
    QUEUE_TICKET_KEYS: JSON.stringify(context.secrets.queueTicketKeys),
    PASS_SIGNING_KEYS: passKeys(context.secrets.admissionPass),
    ...passOn(context, [
      "BEACON_URL",
      "TURNSTILE_SECRET_KEY",
      "TURNSTILE_SITE_KEY",
      "TURNSTILE_URL",
    ]),
    ORIGIN_URL: loopback(addresses.originPort),
    PUBLIC_URL: `http://localhost:${addresses.edgePort}`,
    OIDC_DISCOVERY_URL: needs.identity.discoveryUrl,
    RATE_LIMITS: needs.rateLimits ? "on" : "off",
    ...(endpoint !== undefined && {
      TYPESENSE_URL: endpoint.typesenseUrl,
      TYPESENSE_SEARCH_KEY: endpoint.typesenseSearchKey,
    }),
  };
  return await startApp(context, {
    name: "edge",
    detail: "Worker on workerd",
    program: "dev/edge-main.ts",
    port: addresses.edgePort,
    healthPath: "/health",
    env: {
      ...passOn(context, ["EDGE_DIRECT_PORT"]),
      PERSIST_DIR: `${context.stateDir}/edge`,
      ...Object.fromEntries(Object.entries(variables).map(([k, v]) => [`EDGE_VAR_${k}`, v])),
    },
  });
}

/** Whom edge and origin believe: each other, and the issuer about users. */
function trust(context: StackContext, identity: Identity): Record<string, string> {
  return {
    EDGE_SIGNING_KEYS: JSON.stringify(context.secrets.edgeSigningKeys),
    JWT_ISSUER: identity.issuer,
    JWT_AUDIENCE: audience,
    JWKS_URL: identity.jwksUrl,
  };
}

/** A key by its id, as the edge (private) and the origin (public) read it. */
function passKeys({ kid, ...key }: { kid: string }): string {
  return JSON.stringify({ [kid]: key });
}

function withoutIndexer(reason: string): Part {
  return {
    name: "indexer",
    state: "degraded",
    detail: `none: ${reason}`,
    where: "",
    stop: leaveRunning,
  };
}

/** Settings of our own processes that a person may make in the environment of the whole stack. */
function passOn(context: StackContext, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = context.env[name];
      return value ? [[name, value]] : [];
    }),
  );
}

function loopback(port: number): string {
  return `http://127.0.0.1:${port}`;
}
