import { createHash } from "node:crypto";
import RedisMock from "ioredis-mock";
import type { Command } from "./command.ts";
import type { Engine } from "./engine.ts";
import type { Reply } from "./reply.ts";

type Method = (...args: (string | Buffer)[]) => Promise<unknown>;

/** An imitation of Redis in memory, for machines where no Redis is to be had. Good enough to try the system; what it
 * lacks answers with an error, and nothing survives the process. */
export function createMemoryEngine(): Engine {
  const methods = new RedisMock() as unknown as Record<string, Method | undefined>;
  const scripts = new Map<string, string>();

  const run = async ([name, ...args]: Command): Promise<Reply> => {
    const command = name.toLowerCase();
    const [first, ...rest] = args.map(String);
    if (command === "eval" && first !== undefined) remember(first);
    if (command === "script" && first?.toLowerCase() === "load") {
      return Buffer.from(remember(rest.join(" ")));
    }
    if (command === "evalsha") {
      const script = scripts.get(first ?? "");
      if (script === undefined) return new Error("NOSCRIPT No matching script. Please use EVAL.");
      return await run(["eval", script, ...rest]);
    }
    const method = methods[`${command}Buffer`] ?? methods[command];
    if (method === undefined) return new Error(`ERR unknown command '${name}'`);
    try {
      return toReply(await method.apply(methods, args));
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  };
  const runAll = async (commands: readonly Command[]) => {
    const replies: Reply[] = [];
    for (const command of commands) replies.push(await run(command));
    return replies;
  };
  const remember = (script: string): string => {
    const sha = createHash("sha1").update(script).digest("hex");
    scripts.set(sha, script);
    return sha;
  };
  // One after another, so that a transaction is not interleaved with anything.
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = queue.then(work);
    queue = turn.catch(() => undefined);
    return turn;
  };
  return {
    run: (command) => inTurn(() => run(command)),
    runAll: (commands) => inTurn(() => runAll(commands)),
    transact: (commands) => inTurn(() => runAll(commands)),
    close: async () => undefined,
  };
}

function toReply(value: unknown): Reply {
  if (value === null || value === undefined) return null;
  if (Buffer.isBuffer(value) || typeof value === "number" || value instanceof Error) return value;
  if (Array.isArray(value)) return value.map(toReply);
  if (typeof value === "object") return Object.entries(value).flat().map(toReply);
  return Buffer.from(String(value));
}
