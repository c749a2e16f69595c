import { freePort, isPortFree } from "./free-port.ts";
import { signToken } from "./identity/sign-token.ts";
import { type Part, PartError } from "./part.ts";
import { type Crash, PartSet } from "./part-set.ts";
import { createProgress } from "./progress.ts";
import { runLockFile, takeRunLock } from "./run-lock.ts";
import { readOrMakeSecrets } from "./secrets.ts";
import { createStackContext } from "./stack-context.ts";
import { type StackRecord, removeStackFile, writeStackFile } from "./stack-file.ts";
import { type PartName, type Parts, partNames, startParts } from "./stack-parts.ts";
import { defaultStateDir, discardState } from "./state.ts";

export interface StackOptions {
  /** Where everything is kept between runs. Absent: `.local`. */
  stateDir?: string;
  /** Of the edge; 0 takes any free one. Absent: 8787. */
  port?: number;
  /** Discards what was kept before. */
  fresh?: boolean;
  rateLimits?: boolean;
  /** Whether a database without events gets the built-in programme. */
  seed?: "full" | "none";
  /** Absent: all. */
  only?: readonly PartName[];
  /** What may name given parts and settings. Absent: this process's own environment. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Takes a line for a waiting person. */
  print?: (line: string) => void;
}

export interface Stack extends StackRecord {
  parts: readonly Part[];
  /** Who is told when a part has ended that nobody asked to; at most one listener. */
  onCrash: (listener: (crash: Crash) => void) => void;
  /** Ends a part as an accident would; the others go on. With `SIGSTOP` and `SIGCONT` it hangs for a while. */
  kill: (part: string, signal?: NodeJS.Signals) => Promise<void>;
  /** Starts a part again where it was. */
  restart: (part: string) => Promise<void>;
  token: (user: string, roles?: readonly string[]) => Promise<string>;
  logFile: (part: string) => string;
  stop: () => Promise<void>;
}

export const defaultPort = 8787;

/** Starts the whole system on this machine: real parts, each given, found, fetched or embedded.
 * Throws `PartError` when one does not start; nothing is left running then. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const stateDir = options.stateDir ?? defaultStateDir();
  const port = await edgePort(options.port ?? defaultPort);
  const lock = await takeRunLock(stateDir);
  if (options.fresh) discardState(stateDir, runLockFile);
  const progress = createProgress(options.print ?? (() => undefined));
  const set = new PartSet(progress, ({ pid }) => {
    if (pid !== undefined) lock.note(pid);
  });
  const givingUp = new AbortController();
  const stop = async () => {
    progress.end();
    givingUp.abort();
    await set.stop();
    removeStackFile(stateDir);
    lock.release();
  };
  try {
    const secrets = await readOrMakeSecrets(stateDir);
    const context = createStackContext({
      stateDir,
      secrets,
      env: options.env ?? process.env,
      progress: progress.doing,
      signal: givingUp.signal,
    });
    const parts = await startParts(context, set, {
      edgePort: port,
      rateLimits: options.rateLimits ?? false,
      seed: options.seed ?? "full",
      only: options.only ?? partNames,
    });
    const record = describe(parts, JSON.stringify(secrets.edgeSigningKeys));
    writeStackFile(stateDir, record);
    return {
      ...record,
      parts: set.parts,
      onCrash: (listener) => set.onCrash(listener),
      kill: (part, signal) => set.kill(part, signal),
      restart: async (part) => {
        const { pid } = await set.restart(part);
        if (pid !== undefined) record.pids[part] = pid;
        writeStackFile(stateDir, record);
      },
      token: (user, roles = []) => {
        if (record.issuer === undefined) throw new Error("this stack has no identity issuer");
        const nowSeconds = Math.floor(Date.now() / 1000);
        return signToken({ key: secrets.identity, issuer: record.issuer, user, roles, nowSeconds });
      },
      logFile: context.logFile,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    progress.end();
  }
}

async function edgePort(port: number): Promise<number> {
  if (port === 0) return await freePort();
  if (await isPortFree(port)) return port;
  throw new PartError(
    `port ${port} is taken: stop what listens there, or choose another with -- --port N`,
  );
}

function describe(parts: Parts, edgeSigningKeys: string): StackRecord {
  const all = Object.values(parts) as (Part | undefined)[];
  const pids = all.flatMap((part) =>
    part?.pid === undefined ? [] : [[part.name, part.pid] as const],
  );
  const { edge, origin, indexer, postgres, redis, upstash, typesense, identity } = parts;
  return dropAbsent({
    edgeUrl: edge?.url,
    originUrl: origin?.url,
    indexerUrl: indexer?.url,
    databaseUrl: postgres?.databaseUrl,
    redisUrl: redis?.redisUrl,
    upstashUrl: upstash?.upstashUrl,
    upstashToken: upstash?.upstashToken,
    ...typesense?.endpoint,
    issuer: identity?.issuer,
    jwksUrl: identity?.jwksUrl,
    edgeSigningKeys,
    pids: Object.fromEntries(pids),
  });
}

/** The same without the fields that hold nothing. */
function dropAbsent(
  record: { [K in keyof StackRecord]: StackRecord[K] | undefined } & Pick<
    StackRecord,
    "edgeSigningKeys" | "pids"
  >,
): StackRecord {
  return Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== undefined),
  ) as StackRecord;
}
