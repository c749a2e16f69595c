import { Command as WireCommand, Redis, ReplyError } from "ioredis";
import type { Command } from "./command.ts";
import { type Engine, EngineDown } from "./engine.ts";
import type { Reply } from "./reply.ts";

/** A Redis that does not answer within this is treated as down. */
const answerMsMax = 1000;
const reconnectMs = 100;

/** A real Redis behind one connection. Commands of the same turn of the event loop leave in one write.
 * While Redis is away every command fails at once; the connection comes back by itself.
 * Resolves when the first attempt to connect has gone well or badly. */
export async function createRedisEngine(redisUrl: string): Promise<Engine> {
  const redis = new Redis(redisUrl, {
    connectTimeout: answerMsMax,
    commandTimeout: answerMsMax,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => reconnectMs,
    stringNumbers: true,
    lazyConnect: true,
  });
  // Each lost connection is reported to the commands that it cost; the process must not die of it.
  redis.on("error", () => undefined);
  await redis.connect().catch(() => undefined);

  let corked = false;
  const send = async ([name, ...args]: Command): Promise<Reply> => {
    cork();
    try {
      // ioredis reshapes the answers of some commands (HGETALL) by their name in small letters: in capitals none.
      return (await redis.sendCommand(new WireCommand(name.toUpperCase(), args))) as Reply;
    } catch (error) {
      if (error instanceof ReplyError) return error as Error;
      throw new EngineDown("ERR the Redis behind this gateway does not answer", { cause: error });
    }
  };
  const cork = () => {
    const { stream } = redis;
    if (corked || stream === undefined) return;
    corked = true;
    stream.cork();
    setImmediate(() => {
      corked = false;
      stream.uncork();
    });
  };
  return {
    run: send,
    runAll: async (commands) => await Promise.all(commands.map(send)),
    transact: async (commands) => {
      const replies = await Promise.all(
        [["MULTI"], ...commands, ["EXEC"]].map((c) => send(c as Command)),
      );
      const last = replies.at(-1);
      return Array.isArray(last) ? last : asError(last);
    },
    close: async () => redis.disconnect(),
  };
}

function asError(reply: Reply | undefined): Error {
  return reply instanceof Error ? reply : new Error("EXECABORT Transaction discarded");
}
