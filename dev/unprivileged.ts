import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { findProgram } from "./find-program.ts";
import { PartError } from "./part.ts";

/** How to start a program that refuses to run as root. */
export interface RunAs {
  uid: number;
  gid: number;
}

/** The account to run PostgreSQL under: nothing special for an ordinary user; for root (a container, CI) the
 * account `postgres`, made where it is missing. Throws `PartError`. */
export function postgresAccount(): RunAs | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const known = lookUp();
  if (known !== undefined) return known;
  try {
    execFileSync("useradd", ["--system", "--no-create-home", "postgres"], { stdio: "ignore" });
  } catch {
    // Another stack that starts at the same time may have been first.
  }
  const made = lookUp();
  if (made !== undefined) return made;
  throw new PartError(
    "PostgreSQL does not run as root and the account postgres cannot be made: run as an ordinary user, or set DATABASE_URL",
  );
}

/** The command that runs `program` under `account`. Where the account could not even enter the folders (a project in
 * root's home), it keeps the one right to look past their permissions. Throws `PartError`. */
export function commandAs(
  account: RunAs | undefined,
  program: string,
  args: readonly string[],
  folders: readonly string[],
): { command: string; args: string[]; uid?: number; gid?: number } {
  if (account === undefined) return { command: program, args: [...args] };
  const closed = folders.find((folder) => !canEnter(folder, account));
  if (closed === undefined) return { command: program, args: [...args], ...account };
  const setpriv = findProgram("setpriv");
  if (setpriv === undefined) {
    throw new PartError(
      `the account postgres may not enter ${closed}: move the project, or set DATABASE_URL`,
    );
  }
  const rights = "+dac_override";
  const ids = [`--reuid=${account.uid}`, `--regid=${account.gid}`, "--clear-groups"];
  const keep = [`--inh-caps=${rights}`, `--ambient-caps=${rights}`];
  return { command: setpriv, args: [...ids, ...keep, program, ...args] };
}

function lookUp(): RunAs | undefined {
  try {
    const id = (flag: string) =>
      Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8", stdio: "pipe" }));
    return { uid: id("-u"), gid: id("-g") };
  } catch {
    return undefined;
  }
}

/** Whether the account may pass through this folder and all above it. */
function canEnter(folder: string, { uid, gid }: RunAs): boolean {
  for (let path = resolve(folder); ; path = dirname(path)) {
    const { mode, uid: owner, gid: group } = statSync(path);
    const bit = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (path === dirname(path)) return true;
  }
}
