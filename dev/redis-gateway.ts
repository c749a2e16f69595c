import { fileURLToPath } from "node:url";
import { Redis } from "@upstash/redis";
import { lastLine, startChild } from "./child.ts";
import { freePort } from "./free-port.ts";
import { type Part, PartError } from "./part.ts";
import { waitUntil } from "./wait-until.ts";

const program = fileURLToPath(new URL("redis-gateway/main.ts", import.meta.url));
const startMsMax = 30_000;

export interface RedisGateway extends Part {
  upstashUrl: string;
  upstashToken: string;
}

/** Puts the Upstash REST protocol in front of a Redis, or in front of an imitation in memory where `redisUrl` is
 * absent. Throws `PartError`. */
export async function startRedisGateway(options: {
  redisUrl?: string;
  token: string;
  logFile: string;
  port?: number;
  /** Gives up starting. */
  signal?: AbortSignal;
}): Promise<RedisGateway> {
  const port = options.port ?? (await freePort());
  const upstashUrl = `http://127.0.0.1:${port}`;
  const child = await startChild({
    command: process.execPath,
    args: [program],
    logFile: options.logFile,
    env: {
      NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
      PORT: String(port),
      TOKEN: options.token,
      ...(options.redisUrl !== undefined && { REDIS_URL: options.redisUrl }),
    },
  });
  const client = new Redis({ url: upstashUrl, token: options.token, retry: false });
  await waitUntil(
    async () => {
      if (child.exit()) throw new PartError(`the Redis gateway ended: ${lastLine(child.log())}`);
      return await client.ping().catch(() => undefined);
    },
    {
      timeoutMs: startMsMax,
      late: () => new PartError("the Redis behind the gateway does not answer PING"),
      ...(options.signal && { signal: options.signal }),
    },
  ).catch(async (error: unknown) => {
    await child.stop();
    throw error;
  });
  return {
    name: "redis-gateway",
    state: "own",
    detail: options.redisUrl === undefined ? "in memory (ioredis-mock)" : "Upstash REST on Redis",
    where: upstashUrl,
    upstashUrl,
    upstashToken: options.token,
    pid: child.pid,
    exited: child.exited,
    stop: child.stop,
  };
}
