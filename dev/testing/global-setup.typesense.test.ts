import { Redis } from "@upstash/redis";
import pg from "pg";
import { expect, inject, test } from "vitest";
import { askTypesenseVersion } from "../typesense-server.ts";

test("a test run has a PostgreSQL that can decode its own changes", async () => {
  const client = new pg.Client({ connectionString: inject("databaseUrl") });
  await client.connect();
  const { rows } = await client.query<{ wal_level: string }>("SHOW wal_level");
  await client.end();
  expect(rows).toEqual([{ wal_level: "logical" }]);
});

test("a test run has a Redis behind the Upstash protocol", async () => {
  const redis = new Redis({ url: inject("upstashUrl"), token: inject("upstashToken") });
  expect(await redis.ping()).toBe("PONG");
});

test("a test run has a real Typesense that leads its group", async () => {
  const version = await askTypesenseVersion(inject("typesenseUrl"), inject("typesenseKey"));
  expect(version).toMatch(/^\d+\.\d+/);
});
