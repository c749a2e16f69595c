import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { wheelCache } from "./wheels.ts";

/** Where a stack keeps everything between runs; `FRONTROW_STATE` names another folder, for a second stack beside the
 * first. */
export function defaultStateDir(): string {
  const named = process.env["FRONTROW_STATE"];
  if (named !== undefined && named !== "") return resolve(named);
  return fileURLToPath(new URL("../.local", import.meta.url));
}

/** Removes all that a stack has kept, but the files named; what was fetched for it stays, too. */
export function discardState(stateDir: string, ...kept: string[]): void {
  for (const name of readdirSync(stateDir)) {
    if (kept.includes(name) || join(stateDir, name) === wheelCache) continue;
    rmSync(join(stateDir, name), { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Reads a file of the stack, or nothing when there is none yet. Throws when it does not hold what it should. */
export function readStateFile<T>(
  stateDir: string,
  name: string,
  schema: z.ZodType<T>,
): T | undefined {
  const file = join(stateDir, name);
  if (!existsSync(file)) return undefined;
  try {
    return schema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    throw new Error(`${file} is damaged: start once with -- --fresh`);
  }
}

/** Writes a file of the stack, whole or not at all, readable by its owner only. */
export function writeStateFile(stateDir: string, name: string, value: unknown): void {
  mkdirSync(stateDir, { recursive: true });
  const unfinished = join(stateDir, `.${basename(name)}.${process.pid}`);
  writeFileSync(unfinished, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(unfinished, join(stateDir, name));
}

const Ports = z.record(z.string(), z.int());

/** The ports of the last run, by part: the next run prefers them, so that addresses stay the same. */
export function readPorts(stateDir: string): Record<string, number> {
  return readStateFile(stateDir, "ports.json", Ports) ?? {};
}

export function rememberPort(stateDir: string, part: string, port: number): void {
  writeStateFile(stateDir, "ports.json", { ...readPorts(stateDir), [part]: port });
}
