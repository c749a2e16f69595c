import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { lastLine, startChild } from "./child.ts";
import { portToTry } from "./free-port.ts";
import { type Part, PartError } from "./part.ts";
import { waitUntil } from "./wait-until.ts";

const startMsMax = 30_000;
const portTriesMax = 3;

export interface RedisServer extends Part {
  redisUrl: string;
  kill: (signal: NodeJS.Signals) => void;
}

export interface RedisServerOptions {
  /** A redis-server or valkey-server program. */
  program: string;
  state: Part["state"];
  dataDir: string;
  logFile: string;
  password: string;
  /** Preferred, while it is free. */
  port?: number;
  /** Gives up starting. */
  signal?: AbortSignal;
}

/** Starts a Redis of one's own that keeps nothing on disk, on loopback. Throws `PartError`. */
export async function startRedisServer(options: RedisServerOptions): Promise<RedisServer> {
  mkdirSync(options.dataDir, { recursive: true });
  for (let tries = 1; ; tries += 1) {
    const started = await startOn(await portToTry(options.port, tries), options);
    if (!(started instanceof PartError)) return started;
    if (tries === portTriesMax) throw started;
  }
}

async function startOn(
  port: number,
  options: RedisServerOptions,
): Promise<RedisServer | PartError> {
  // The password goes through a file that only we read: arguments are visible to everybody on the machine.
  const configFile = join(options.dataDir, "redis.conf");
  const settings = [
    `port ${port}`,
    "bind 127.0.0.1",
    `requirepass ${options.password}`,
    'save ""',
    "appendonly no",
    "maxmemory-policy noeviction",
    `dir ${JSON.stringify(options.dataDir)}`,
  ];
  writeFileSync(configFile, `${settings.join("\n")}\n`, { mode: 0o600 });
  const child = await startChild({
    command: options.program,
    args: [configFile],
    logFile: options.logFile,
  });
  const redisUrl = `redis://:${options.password}@127.0.0.1:${port}`;
  const version = await waitUntil(
    async () => {
      if (child.exit()) return new PartError(`Redis ended: ${lastLine(child.log())}`);
      return await askVersion(redisUrl).catch(() => undefined);
    },
    {
      timeoutMs: startMsMax,
      late: () => new PartError("Redis does not answer"),
      ...(options.signal && { signal: options.signal }),
    },
  ).catch(async (error: unknown) => {
    if (error instanceof PartError) return error;
    await child.stop();
    throw error;
  });
  if (version instanceof PartError) {
    await child.stop();
    return version;
  }
  return {
    name: "redis",
    state: options.state,
    detail: version,
    where: `redis://127.0.0.1:${port}`,
    redisUrl,
    pid: child.pid,
    exited: child.exited,
    stop: child.stop,
    kill: child.kill,
  };
}

/** Which server answers there: "Redis 7.0.15" or "Valkey 9.1.2". Rejects when none does. */
export async function askVersion(redisUrl: string): Promise<string> {
  const redis = new Redis(redisUrl, { lazyConnect: true, retryStrategy: () => null });
  redis.on("error", () => undefined);
  try {
    await redis.connect();
    const info = await redis.info("server");
    const field = (name: string) => new RegExp(`^${name}:(\\S+)`, "m").exec(info)?.[1];
    const valkey = field("valkey_version");
    return valkey === undefined ? `Redis ${field("redis_version") ?? "?"}` : `Valkey ${valkey}`;
  } finally {
    redis.disconnect();
  }
}
