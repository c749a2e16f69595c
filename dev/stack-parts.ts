import { startEdgeProcess, startIndexer, startOrigin } from "./app-parts.ts";
import { type AppProcess, choosePort } from "./app-process.ts";
import { type Identity, startIdentity } from "./identity/start.ts";
import type { Part } from "./part.ts";
import type { PartSet } from "./part-set.ts";
import { type Postgres, resolvePostgres } from "./postgres.ts";
import { loadProgramme, migrateDatabase } from "./prepare-database.ts";
import { type Redis, isUpstashGiven, resolveRedis, resolveUpstash } from "./redis.ts";
import type { RedisGateway } from "./redis-gateway.ts";
import type { StackContext } from "./stack-context.ts";
import { type Typesense, resolveTypesense } from "./typesense.ts";

/** The names of the parts, from what holds the data to what answers people. */
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
  postgres?: Postgres | undefined;
  redis?: Redis | undefined;
  upstash?: RedisGateway | undefined;
  typesense?: Typesense | undefined;
  identity?: Identity | undefined;
  origin?: AppProcess | undefined;
  indexer?: (Part & Partial<AppProcess>) | undefined;
  edge?: AppProcess | undefined;
}

export interface PartsOptions {
  edgePort: number;
  rateLimits: boolean;
  seed: "full" | "none";
  only: readonly PartName[];
}

/** Starts all parts, each as soon as those are ready that it needs. Rejects with the first failure; the set then still
 * knows what has to be stopped. */
export async function startParts(
  context: StackContext,
  set: PartSet,
  options: PartsOptions,
): Promise<Parts> {
  const addresses = {
    originPort: await choosePort(context, "origin"),
    indexerPort: await choosePort(context, "indexer"),
    edgePort: options.edgePort,
  };
  const begin = <T extends Part>(name: PartName, start: () => Promise<T>) =>
    options.only.includes(name) ? set.begin(name, start) : undefined;

  const stores = beginStores(context, begin);
  const { postgres, redis, upstash, typesense } = stores;
  const { secrets, stateDir } = context;
  const identity = begin("identity", () => startIdentity({ key: secrets.identity, stateDir }));
  const { schema, programme } = beginData(context, set, postgres, options.seed);

  const origin = begin("origin", async () => {
    await schema;
    return await startOrigin(context, addresses, {
      postgres: need(await postgres, "postgres"),
      upstash: need(await upstash, "redis-gateway"),
      identity: need(await identity, "identity"),
    });
  });
  const indexer = begin("indexer", async () => {
    // Copying what is there is faster than following it into place.
    await programme;
    return await startIndexer(context, addresses, {
      postgres: need(await postgres, "postgres"),
      typesense: await typesense,
    });
  });
  const edge = begin("edge", async () =>
    startEdgeProcess(context, addresses, {
      typesense: await typesense,
      identity: need(await identity, "identity"),
      rateLimits: options.rateLimits,
    }),
  );
  // First all at once, for the first failure to be the one that is told; then one by one, for their types.
  await Promise.all([
    postgres,
    redis,
    upstash,
    typesense,
    identity,
    programme,
    origin,
    indexer,
    edge,
  ]);
  return {
    postgres: await postgres,
    redis: await redis,
    upstash: await upstash,
    typesense: await typesense,
    identity: await identity,
    origin: await origin,
    indexer: await indexer,
    edge: await edge,
  };
}

type Begin = <T extends Part>(name: PartName, start: () => Promise<T>) => Promise<T> | undefined;

function beginStores(context: StackContext, begin: Begin) {
  const postgres = begin("postgres", () => resolvePostgres(context));
  const redis = isUpstashGiven(context.env)
    ? undefined
    : begin("redis", () => resolveRedis(context));
  const upstash = begin("redis-gateway", () =>
    resolveUpstash(context, async () => need(await redis, "redis")),
  );
  const typesense = begin("typesense", () => resolveTypesense(context));
  return { postgres, redis, upstash, typesense };
}

/** What must be in the database before the others can work with it. */
function beginData(
  context: StackContext,
  set: PartSet,
  postgres: Promise<Postgres> | undefined,
  seed: "full" | "none",
) {
  const schema = postgres?.then((server) => set.step("schema", () => migrateDatabase(server)));
  const load = async (server: Postgres) => {
    await schema;
    if (seed === "full") await set.step("programme", () => loadProgramme(context, server));
  };
  return { schema, programme: postgres?.then(load) };
}

function need<T>(part: T | undefined, name: PartName): T {
  if (part === undefined) throw new Error(`this selection of parts also needs: ${name}`);
  return part;
}
