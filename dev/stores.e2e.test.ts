import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "@upstash/redis";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { type Stack, type StackOptions, startStack } from "./stack.ts";
import {
  type TestFolder,
  makeTestFolder,
  startTestGateway,
  startTestPostgres,
  startTestRedis,
  startTestTypesense,
} from "./testing/parts.ts";

/** Each store in the order: given by the environment, found, fetched, embedded or degraded. */
afterEach(() => vi.unstubAllEnvs());

function makeFolder(): TestFolder {
  const folder = makeTestFolder();
  onTestFinished(() => folder.remove());
  return folder;
}

async function start(options: StackOptions): Promise<Stack> {
  const stack = await startStack({ port: 0, seed: "none", ...options });
  onTestFinished(() => stack.stop());
  return stack;
}

const statesOf = (stack: Stack) =>
  Object.fromEntries(stack.parts.map(({ name, state }) => [name, state]));

/** A PATH on which there is nothing but Python, if that. */
function barePath(folder: TestFolder, withPython: boolean): void {
  const bin = join(folder.path, "bin");
  mkdirSync(bin);
  if (withPython) {
    const python = execFileSync("python3", ["-c", "import sys; print(sys.executable)"]);
    symlinkSync(python.toString().trim(), join(bin, "python3"));
  }
  vi.stubEnv("PATH", bin);
}

test("given stores are used as they are, and still run when the stack has stopped", async () => {
  const folder = makeFolder();
  const [postgres, redis, typesense] = await Promise.all([
    startTestPostgres(folder),
    startTestRedis(folder),
    startTestTypesense(folder),
  ]);
  onTestFinished(async () => {
    await Promise.all([postgres.stop(), redis.stop(), typesense.stop()]);
  });
  const stack = await start({
    stateDir: join(folder.path, "state"),
    only: ["postgres", "redis", "redis-gateway", "typesense"],
    env: {
      DATABASE_URL: postgres.databaseUrl,
      REDIS_URL: redis.redisUrl,
      TYPESENSE_URL: typesense.typesenseUrl,
      TYPESENSE_API_KEY: typesense.typesenseKey,
    },
  });
  expect(statesOf(stack)).toEqual({
    postgres: "given",
    redis: "given",
    "redis-gateway": "own",
    typesense: "given",
  });
  expect(stack.parts.map(({ where }) => where).join()).not.toContain("test@");
  await stack.stop();
  expect([postgres.pid, redis.pid, typesense.pid].map((pid) => process.kill(pid ?? 0, 0))).toEqual([
    true,
    true,
    true,
  ]);
});

test("with a given Upstash service neither a Redis nor a gateway is started", async () => {
  const folder = makeFolder();
  const redis = await startTestRedis(folder);
  const upstash = await startTestGateway(folder, redis.redisUrl);
  onTestFinished(async () => {
    await upstash.stop();
    await redis.stop();
  });
  const stack = await start({
    stateDir: join(folder.path, "state"),
    only: ["redis", "redis-gateway"],
    env: {
      UPSTASH_REDIS_REST_URL: upstash.upstashUrl,
      UPSTASH_REDIS_REST_TOKEN: upstash.upstashToken,
    },
  });
  expect(statesOf(stack)).toEqual({ upstash: "given" });
});

test("where nothing is installed the real servers are fetched, and the search key may only search", async () => {
  const folder = makeFolder();
  barePath(folder, true);
  const stack = await start({
    stateDir: join(folder.path, "state"),
    only: ["redis", "redis-gateway", "typesense"],
    env: {},
  });
  expect(stack.parts.map(({ name, state, detail }) => [name, state, detail])).toEqual(
    expect.arrayContaining([
      ["redis", "fetched", "Valkey 9.1.2"],
      ["typesense", "fetched", "Typesense 0.24.1"],
    ]),
  );
  const ask = async (path: string, body?: unknown) => {
    const answer = await fetch(`${stack.typesenseUrl}${path}`, {
      headers: { "X-TYPESENSE-API-KEY": stack.typesenseSearchKey ?? "" },
      ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
    });
    return answer.status;
  };
  const notThere = 404;
  const refused = 401;
  expect(await ask("/collections/events/documents/search?q=a&query_by=name")).toBe(notThere);
  expect(await ask("/collections/others/documents/search?q=a&query_by=name")).toBe(refused);
  expect(await ask("/collections/events/documents", { id: "1" })).toBe(refused);
  expect(await ask("/collections")).toBe(refused);
});

test("where nothing can be fetched, Redis is imitated and search degrades, each with the reason", async () => {
  const folder = makeFolder();
  barePath(folder, false);
  const stack = await start({
    stateDir: join(folder.path, "state"),
    only: ["redis", "redis-gateway", "typesense"],
    env: {},
    wheelCache: join(folder.path, "wheels"),
  });
  expect(stack.parts.map(({ name, state, detail }) => [name, state, detail])).toEqual(
    expect.arrayContaining([
      ["redis", "embedded", expect.stringMatching(/^imitation in memory \(.*python3.*\)$/)],
      ["typesense", "degraded", expect.stringMatching(/^none: search by PostgreSQL \(.*python3/)],
    ]),
  );
  const redis = new Redis({ url: stack.upstashUrl ?? "", token: stack.upstashToken ?? "" });
  expect(await redis.incr("count")).toBe(1);
});
