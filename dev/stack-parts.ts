import { type AppProcess, choosePort, startApp } from "./app-process.ts";
import { audience } from "./identity/sign-token.ts";
import { type Identity, startIdentity } from "./identity/start.ts";
import { leaveRunning, type Part } from "./part.ts";
import type { PartSet } from "./part-set.ts";
import { type Postgres, resolvePostgres } from "./postgres.ts";
import { prepareDatabase } from "./prepare-database.ts";
import { type Redis, isUpstashGiven, resolveRedis, resolveUpstash } from "./redis.ts";
import type { RedisGateway } from "./redis-gateway.ts";
import type { StackContext } from "./stack-context.ts";
import { type Typesense, resolveTypesense } from "./typesense.ts";

/** The names of the parts, as they appear in the table and in `kill` and `restart`. */
export const partNames = [
  "postgres",
  "redis",
  "redis-gateway",
  "typesense",
  "identity",
  "origin",
  "indexer",
  "edge",
] as const;
export type PartName = (typeof partNames)[number];

export interface Parts {
  postgres?: Postgres;
  redis?: Redis;
  upstash?: RedisGateway;
  typesense?: Typesense;
  identity?: Identity;
  origin?: AppProcess;
  indexer?: Part & Partial<AppProcess>;
  edge?: AppProcess;
}

export interface PartsOptions {
  /** Of the edge. */
  port: number;
  rateLimits: boolean;
  seed: "full" | "none";
  only: readonly PartName[];
}

const holdSeconds = "600";

/** Starts all parts, each as soon as those are ready that it needs. Rejects with the first failure; the set then still
 * knows what has to be stopped. */
export async function startParts(
  context: StackContext,
  set: PartSet,
  options: PartsOptions,
): Promise<Parts> {
  const wants = (name: PartName) => options.only.includes(name);
  const begin = <T extends Part>(name: PartName, start: () => Promise<T>) =>
    wants(name) ? set.begin(name, start) : undefined;
  const originPort = await choosePort(context, "origin");
  const indexerPort = await choosePort(context, "indexer");
  const edgeUrl = `http://127.0.0.1:${options.port}`;
  const originUrl = `http://127.0.0.1:${originPort}`;

  const postgres = begin("postgres", () => resolvePostgres(context));
  const redis = isUpstashGiven(context.env)
    ? undefined
    : begin("redis", () => resolveRedis(context));
  const upstash = begin("redis-gateway", () =>
    resolveUpstash(context, async () => need(await redis, "redis")),
  );
  const typesense = begin("typesense", () => resolveTypesense(context));
  const identity = begin("identity", () =>
    startIdentity({ key: context.secrets.identity, stateDir: context.stateDir }),
  );
  const database = postgres?.then((server) =>
    set.step("database", () => prepareDatabase(context, server, options.seed)),
  );
  const verification = async () => ({
    JWT_ISSUER: need(await identity, "identity").issuer,
    JWT_AUDIENCE: audience,
    JWKS_URL: need(await identity, "identity").jwksUrl,
    EDGE_SIGNING_KEYS: JSON.stringify(context.secrets.edgeSigningKeys),
  });

  const origin = begin("origin", async () => {
    const gateway = need(await upstash, "redis-gateway");
    await database;
    return await startApp(context, {
      name: "origin",
      detail: "Node",
      program: "origin/server.ts",
      port: originPort,
      healthPath: "/health",
      env: {
        ...passOn(context, ["LOG_LEVEL", "DATABASE_POOL_SIZE"]),
        ...(await verification()),
        DATABASE_URL: need(await postgres, "postgres").databaseUrl,
        UPSTASH_REDIS_REST_URL: gateway.upstashUrl,
        UPSTASH_REDIS_REST_TOKEN: gateway.upstashToken,
        EDGE_URL: edgeUrl,
        TICKET_SIGNING_KEY: JSON.stringify(context.secrets.ticketSigningKey),
        HOLD_SECONDS: context.env["HOLD_SECONDS"] || holdSeconds,
      },
    });
  });
  const indexer = begin("indexer", async () => {
    const server = need(await postgres, "postgres");
    const endpoint = (await typesense)?.endpoint;
    await database;
    if (endpoint === undefined) return withoutIndexer("there is no Typesense to index into");
    if (!server.canFollow) return withoutIndexer("PostgreSQL's wal_level is not logical");
    return await startApp(context, {
      name: "indexer",
      detail: "Node",
      program: "indexer/main.ts",
      port: indexerPort,
      healthPath: "/health",
      env: {
        ...passOn(context, ["LOG_LEVEL"]),
        DATABASE_URL: server.databaseUrl,
        TYPESENSE_URL: endpoint.typesenseUrl,
        TYPESENSE_API_KEY: endpoint.typesenseKey,
        SLOT_NAME: "frontrow_search",
        EDGE_URL: edgeUrl,
        EDGE_SIGNING_KEYS: JSON.stringify(context.secrets.edgeSigningKeys),
      },
    });
  });
  const edge = begin("edge", async () => {
    const endpoint = (await typesense)?.endpoint;
    return await startApp(context, {
      name: "edge",
      detail: "Worker on workerd",
      program: "dev/edge-main.ts",
      port: options.port,
      healthPath: "/health",
      env: {
        PERSIST_DIR: `${context.stateDir}/edge`,
        ...asEdgeVariables({
          ...(await verification()),
          ORIGIN_URL: originUrl,
          PUBLIC_URL: `http://localhost:${options.port}`,
          OIDC_DISCOVERY_URL: need(await identity, "identity").discoveryUrl,
          RATE_LIMITS: options.rateLimits ? "on" : "off",
          ...(endpoint !== undefined && {
            TYPESENSE_URL: endpoint.typesenseUrl,
            TYPESENSE_SEARCH_KEY: endpoint.typesenseSearchKey,
          }),
        }),
      },
    });
  });

  const [p, r, u, t, i, o, x, e] = await Promise.all([
    postgres,
    redis,
    upstash,
    typesense,
    identity,
    origin,
    indexer,
    edge,
    database,
  ]);
  return {
    ...(p && { postgres: p }),
    ...(r && { redis: r }),
    ...(u && { upstash: u }),
    ...(t && { typesense: t }),
    ...(i && { identity: i }),
    ...(o && { origin: o }),
    ...(x && { indexer: x }),
    ...(e && { edge: e }),
  };
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

function need<T>(part: T | undefined, name: PartName): T {
  if (part === undefined) throw new Error(`this selection of parts also needs: ${name}`);
  return part;
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

function asEdgeVariables(variables: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([k, v]) => [`EDGE_VAR_${k}`, v]));
}
