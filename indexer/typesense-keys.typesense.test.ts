import { expect, test } from "vitest";
import { Collections } from "./collections.ts";
import { createSearchKey } from "./search-key.ts";
import { openFactsServer } from "./testing/facts-server.ts";

/** What keys may do, held against a real server. */
const { target, request } = await openFactsServer();
const collections = new Collections(target, 10_000);
const collection = await collections.create();
await collections.swap(collection);

test("the search key searches by alias and by name, and does nothing else", async () => {
  const key = await createSearchKey(target);
  for (const name of ["events", collection]) {
    expect(
      (await request("GET", `/collections/${name}/documents/search?q=*`, { key })).status,
    ).toBe(200);
  }
  for (const [method, path] of [
    ["GET", `/collections/${collection}/documents/export`],
    ["DELETE", `/collections/${collection}`],
    ["GET", "/collections"],
    ["GET", "/keys"],
  ] as const) {
    expect((await request(method, path, { key })).status).toBe(401);
  }
});

test.each([
  ["events_.*", [401, 200]],
  ["events", [200, 401]],
  ["events.*", [200, 200]],
])("a key for %s answers %j for the alias and the real name", async (pattern, expected) => {
  const key = await makeKey(["documents:search"], [pattern]);
  const answers = await Promise.all(
    ["events", collection].map((name) =>
      request("GET", `/collections/${name}/documents/search?q=*`, { key }),
    ),
  );
  expect(answers.map((answer) => answer.status)).toEqual(expected);
});

test.each([
  { path: "/metrics.json", action: "metrics.json:list" },
  { path: "/stats.json", action: "stats.json:list" },
])("$path needs the action $action", async ({ path, action }) => {
  const narrow = await makeKey(["documents:*"], ["events.*"]);
  expect((await request("GET", path, { key: narrow })).status).toBe(401);
  const fitting = await makeKey([action], ["*"]);
  expect((await request("GET", path, { key: fitting })).status).toBe(200);
});

test("emptying the server's cache needs every right: it is not asked to", async () => {
  const path = "/operations/cache/clear";
  const narrow = await makeKey(["operations/cache/clear:create", "documents:*"], ["*"]);
  expect((await request("POST", path, { key: narrow })).status).toBe(401);
  const every = await makeKey(["*"], ["*"]);
  expect((await request("POST", path, { key: every })).status).toBe(200);
});

async function makeKey(actions: string[], names: string[]): Promise<string> {
  const body = { description: "test", actions, collections: names };
  const made = await request("POST", "/keys", { body });
  return ((await made.json()) as { value: string }).value;
}
