import { Command as WireCommand, Redis, ReplyError } from "ioredis";
import type { Command } from "./command.ts";
import { type Engine, EngineDown } from "./engine.ts";
import type { Reply } from "./reply.ts";

/** A Redis that does not answer within this is treated as down. */
const answerMsMax = 1000;
const reconnectMs = 100;

/** A real Redis behind one connection. Commands of the same turn of the event loop leave in one write.
 * While Redis is away every command fails at once; the connection comes back by itself. */
export function createRedisEngine(redisUrl: string): Engine {
  const redis = new Redis(redisUrl, {
    connectTimeout: answerMsMax,
    commandTimeout: answerMsMax,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => reconnectMs,
    stringNumbers: true,
    lazyConnect: false,
  });
  // Each lost connection is reported to the commands that it cost; the process must not die of it.
  redis.on("error", () => undefined);

  let corked = false;
  const send = async ([name, ...args]: Command): Promise<Reply> => {
    cork();
    try {
      return (await redis.sendCommand(new WireCommand(name, args))) as Reply;
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
