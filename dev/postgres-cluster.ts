import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { lastLine } from "./child.ts";
import { PartError } from "./part.ts";
import type { PostgresPrograms } from "./postgres-programs.ts";
import { processCommand } from "./process-command.ts";
import { isAlive } from "./process-group.ts";
import { runProgram } from "./run-program.ts";
import { commandAs, type RunAs } from "./unprivileged.ts";
import { waitUntil } from "./wait-until.ts";

export const superuser = "frontrow";

/** A killed server that is still writing its last checkpoint. */
const leftoverMsMax = 30_000;

/** Makes an empty cluster in `dataDir` unless there is one. It appears under that name only when it is whole, so a
 * start that was interrupted half-way costs nothing. Throws `PartError`. */
export async function makeCluster(options: {
  dataDir: string;
  programs: PostgresPrograms;
  account: RunAs | undefined;
  password: string;
  durable: boolean;
  signal?: AbortSignal;
}): Promise<void> {
  const { dataDir, account } = options;
  if (existsSync(join(dataDir, "PG_VERSION"))) return;
  mkdirSync(dirname(dataDir), { recursive: true });
  const unfinished = `${dataDir}.unfinished`;
  const passwordFile = `${dataDir}.password`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  writeFileSync(passwordFile, options.password, { mode: 0o600 });
  if (account !== undefined) {
    for (const path of [unfinished, passwordFile]) chownSync(path, account.uid, account.gid);
  }
  const { command, args, ...ids } = commandAs(
    account,
    options.programs.initdb,
    [
      `--pgdata=${unfinished}`,
      `--username=${superuser}`,
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      // The same order of text on every platform; the classes of letters come from the system's Unicode locale.
      "--locale=C",
      `--lc-ctype=${await unicodeLocale()}`,
      "--no-instructions",
      ...(options.durable ? [] : ["--no-sync"]),
    ],
    [dirname(options.programs.initdb), unfinished],
  );
  const made = await runProgram(command, args, { ...ids, cwd: "/", signal: options.signal });
  rmSync(passwordFile, { force: true });
  if (!made.ok) {
    throw new PartError(`PostgreSQL could not make its data: ${lastLine(made.stderr)}`);
  }
  renameSync(unfinished, dataDir);
}

/** Ends a server that a killed run left behind on this data, and removes the note of one that is gone: its process id
 * may meanwhile belong to a stranger, for whose sake PostgreSQL would refuse to start. */
export async function clearLeftover(dataDir: string): Promise<void> {
  const note = join(dataDir, "postmaster.pid");
  if (!existsSync(note)) return;
  const pid = Number(readFileSync(note, "utf8").split("\n", 1)[0]);
  const command = processCommand(pid);
  if (command?.includes(dataDir)) {
    process.kill(pid, "SIGINT");
    await waitUntil(async () => (isAlive(pid) ? undefined : true), {
      timeoutMs: leftoverMsMax,
      late: () => new PartError(`a PostgreSQL of an earlier run does not end (process ${pid})`),
    });
  }
  rmSync(note, { force: true });
}

/** Throws `PartError` when the data was made by another major version than the programs'. */
export async function checkVersion(dataDir: string, programs: PostgresPrograms): Promise<string> {
  const answer = await runProgram(programs.postgres, ["--version"], { cwd: "/" });
  if (!answer.ok) throw new PartError(`PostgreSQL does not start: ${lastLine(answer.stderr)}`);
  const version = /(\d+)\.\d+/.exec(answer.stdout);
  const made = readFileSync(join(dataDir, "PG_VERSION"), "utf8").trim();
  if (version?.[1] !== made) {
    throw new PartError(
      `the local data was made by PostgreSQL ${made}, this is ${version?.[1] ?? "unknown"}: start once with -- --fresh`,
    );
  }
  return version[0];
}

async function unicodeLocale(): Promise<string> {
  const names = (await runProgram("locale", ["-a"])).stdout.split("\n");
  return names.find((name) => /^(C|en_US)\.utf-?8$/i.test(name)) ?? "C";
}
