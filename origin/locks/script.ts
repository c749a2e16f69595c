import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Redis } from "@upstash/redis";

/** A Lua script that Redis runs as one step. */
export interface Script {
  readonly name: string;
  readonly source: string;
  readonly sha: string;
}

/** Reads a script of `lua/`, at boot. */
export function readScript(name: string): Script {
  const source = readFileSync(join(import.meta.dirname, "lua", `${name}.lua`), "utf8");
  return { name, source, sha: createHash("sha1").update(source).digest("hex") };
}

/**
 * Runs a script by its hash; sends the text only when Redis does not know it, as after a restart.
 * @throws what the client throws; the script may then have run
 */
export async function runScript(
  redis: Redis,
  script: Script,
  keys: string[],
  args: string[],
): Promise<unknown> {
  try {
    return await redis.evalsha(script.sha, keys, args);
  } catch (error) {
    if (!isUnknownScript(error)) throw error;
    return redis.eval(script.source, keys, args);
  }
}

/** Redis puts its codes at the front of the message, the client puts words before that: there is no other place. */
function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && /(^|: )NOSCRIPT /.test(error.message);
}
