import { rmSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { runningOwner } from "./run-lock.ts";
import { readStateFile, writeStateFile } from "./state.ts";

/** Where a running stack answers and what it trusts, for commands, benches and tests beside it. */
export const StackRecord = z.object({
  edgeUrl: z.string().optional(),
  originUrl: z.string().optional(),
  indexerUrl: z.string().optional(),
  databaseUrl: z.string().optional(),
  redisUrl: z.string().optional(),
  upstashUrl: z.string().optional(),
  upstashToken: z.string().optional(),
  typesenseUrl: z.string().optional(),
  typesenseKey: z.string().optional(),
  typesenseSearchKey: z.string().optional(),
  issuer: z.string().optional(),
  jwksUrl: z.string().optional(),
  /** As the parts' `EDGE_SIGNING_KEYS`. */
  edgeSigningKeys: z.string(),
  /** Process ids by part. */
  pids: z.record(z.string(), z.int()),
});
export type StackRecord = z.infer<typeof StackRecord>;

const file = "stack.json";

export function writeStackFile(stateDir: string, record: StackRecord): void {
  writeStateFile(stateDir, file, record);
}

export function removeStackFile(stateDir: string): void {
  rmSync(join(stateDir, file), { force: true });
}

/** The stack that runs on this folder. Throws when none does, or it is not ready yet. */
export function readRunningStack(stateDir: string): StackRecord {
  const record = readStateFile(stateDir, file, StackRecord);
  if (record === undefined || runningOwner(stateDir) === undefined) {
    throw new Error("the local stack does not run: start it with npm run dev");
  }
  return record;
}
