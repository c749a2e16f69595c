import { beforeAll, expect, test } from "vitest";
import { Collections, collectionSchema } from "./collections.ts";
import { openFactsServer } from "./testing/facts-server.ts";
import { TypesenseSink } from "./typesense-sink.ts";

/**
 * What the indexer and the search rely on, held against a real server. One that behaves otherwise is noticed here
 * first; `docs/search-server-facts.md` lists what there is.
 */
const { target, version, request, get } = await openFactsServer();
const sink = new TypesenseSink(target, 10_000);
const collections = new Collections(target, 10_000);
let collection = "";

const document = {
  name: "Beyonc\u00e9",
  performer_names: ["!!!"],
  aliases: ["QOTSA"],
  venue_name: "Madison Square Garden",
  city: "New York",
  country: "US",
  category: "Music",
  venue_id: "7",
  performer_ids: ["1"],
  starts_at: 2_000,
  ends_at: 3_000,
  past: false,
  availability: "available",
  available: 5,
  min_price: 10,
  max_price: 90,
  currency: "USD",
  popularity: 1,
  rev: 1,
  shown: '{"description":"A description"}',
};

beforeAll(async () => {
  collection = await collections.create();
  await collections.swap(collection);
  await write(
    { id: "1", ord: 1 },
    { id: "2", ord: 2, name: "AC/DC" },
    { id: "3", ord: 3, name: "Mexico" },
  );
});

test("an import answers line by line, with 200 for all of them", async () => {
  const result = await write({ id: "10", ord: 10 }, { id: "11", ord: 11, starts_at: "no number" });
  expect(result.status === "written" && result.failures.map(({ id, code }) => [id, code])).toEqual([
    ["11", 400],
  ]);
  await sink.delete(collection, ["10"]);
});

test("an int32 that is too large is accepted and then not found, and unknown fields are kept", async () => {
  expect(await write({ id: "20", ord: 20, available: 2 ** 40, unknown: "kept" })).toEqual({
    status: "written",
    failures: [],
  });
  const found = await search("q=*&query_by=name&filter_by=available:>1000000");
  expect(found.found).toBe(0);
  const stored = await sink.export(collection, "id:[20]");
  expect(stored.status === "exported" && stored.lines[0]).toContain('"unknown":"kept"');
  await sink.delete(collection, ["20"]);
});

test("an integer above 2^53 is kept to the digit, so that only its reader may round it", async () => {
  const line = JSON.stringify({ ...document, id: "21", ord: 21 }).replace(
    '"rev":1',
    `"rev":${2n ** 53n + 1n}`,
  );
  expect(await sink.import(collection, [{ id: "21", line }])).toEqual({
    status: "written",
    failures: [],
  });
  const stored = await sink.export(collection, "id:[21]", "rev");
  await sink.delete(collection, ["21"]);
  expect(stored).toEqual({ status: "exported", lines: [`{"rev":${2n ** 53n + 1n}}`] });
});

test("an upsert replaces the whole document: an optional field that is left out is gone", async () => {
  await write({ id: "30", ord: 30 });
  await write({ id: "30", ord: 30, min_price: undefined });
  const stored = await sink.export(collection, "id:[30]");
  expect(stored.status === "exported" && stored.lines[0]).not.toContain("min_price");
  await sink.delete(collection, ["30"]);
});

test("deleting what is not there is fine, and says how many were", async () => {
  expect(await sink.delete(collection, ["1000", "1001"])).toEqual({ status: "deleted", count: 0 });
  expect(await sink.delete("events_v999", ["1"])).toEqual({ status: "missing" });
});

test("an export can be narrowed by number and to some fields, and stored-only fields come back", async () => {
  const narrowed = await sink.export(collection, "ord:>1 && ord:<=2", "id");
  expect(narrowed).toEqual({ status: "exported", lines: ['{"id":"2"}'] });
  const whole = await sink.export(collection, "id:[1]");
  expect(whole.status === "exported" && whole.lines[0]).toContain("A description");
});

test("documents are counted, and whether writes are pending is told", async () => {
  expect(await sink.count(collection)).toEqual({ status: "counted", documents: 3 });
});

test("a collection can be asked for by its alias, which is why nothing is deleted by that name", async () => {
  const answer = await get("/collections/events");
  expect((answer as { name: string }).name).toBe(collection);
  expect(await collections.exists("events")).toBe(false);
  await expect(collections.drop(collection)).rejects.toThrow("readers see");
  await expect(collections.drop("events")).rejects.toThrow("not a versioned collection");
});

test("a keyword without any token finds everything", async () => {
  expect((await search("q=!!!&query_by=name,performer_names")).found).toBe(3);
});

test("a decomposed letter is another letter: both sides must compose", async () => {
  expect((await search(`q=${encodeURIComponent("beyonce")}&query_by=name`)).found).toBe(1);
  expect(
    (await search(`q=${encodeURIComponent("beyoncé".normalize("NFC"))}&query_by=name`)).found,
  ).toBe(1);
  const decomposed = encodeURIComponent("beyoncé".normalize("NFD"));
  expect((await search(`q=${decomposed}&query_by=name&num_typos=0&prefix=false`)).found).toBe(0);
});

test.each(["ac dc", "acdc", "ac/dc", "mexco", "madison sq", "qotsa"])(
  "the edge's parameters are accepted, and %s is found",
  async (keyword) => {
    const parameters = new URLSearchParams({
      q: keyword,
      query_by: "name,performer_names,aliases,venue_name,city,category",
      query_by_weights: "10,10,8,4,2,1",
      prefix: "true,true,true,true,false,false",
      num_typos: "2,2,1,1,1,0",
      typo_tokens_threshold: "1",
      drop_tokens_threshold: "1",
      split_join_tokens: "fallback",
      filter_by: "past:=false",
      sort_by: "_text_match(buckets: 10):desc,starts_at:asc,ord:asc",
      search_cutoff_ms: "150",
      use_cache: "false",
      // Not known to every version: ignored there.
      enable_typos_for_numerical_tokens: "false",
      drop_tokens_mode: "both_sides:3",
    });
    expect((await search(parameters.toString())).found).toBeGreaterThan(0);
  },
);

test("the server's own cache is not told of writes: it must not be used", async () => {
  const query = "q=cached&query_by=name&use_cache=true";
  expect((await search(query)).found).toBe(0);
  await write({ id: "40", ord: 40, name: "Cached" });
  expect((await search(query)).found).toBe(0);
  expect((await search(query.replace("true", "false"))).found).toBe(1);
  await sink.delete(collection, ["40"]);
});

test("a collection of the fixed schema has the fields of a document, and no others", async () => {
  const { fields } = (await get(`/collections/${collection}`)) as { fields: { name: string }[] };
  const names = (list: readonly { name: string }[]) => list.map((field) => field.name).sort();
  expect(names(fields)).toEqual(names(collectionSchema.fields));
});

test("the server tells its version, that it is healthy, and what it still has to write", async () => {
  expect(version).toMatch(/^\d+\.\d+/);
  expect(await get("/health")).toEqual({ ok: true });
  expect(await get("/stats.json")).toMatchObject({ pending_write_batches: 0 });
});

test("a page has 250 documents at most, and a query 4,000 characters", async () => {
  const statusOf = async (query: string) =>
    (await request("GET", `/collections/events/documents/search?query_by=name&${query}`)).status;
  expect(await statusOf("q=*&per_page=250")).toBe(200);
  expect(await statusOf("q=*&per_page=251")).toBe(422);
  expect(await statusOf(`q=${"a".repeat(3_000)}`)).toBe(200);
  expect(await statusOf(`q=${"a".repeat(5_000)}`)).toBe(400);
});

/** Differs from version to version: what is used nowhere, so that it may. */
test("parameters that a version does not know are ignored, and what is gone already is a success", async () => {
  const gone = await request(
    "DELETE",
    `/collections/${collection}/documents/12345?ignore_not_found=true`,
  );
  expect(gone.status).toBe(version.startsWith("0.") ? 404 : 200);
  const made = await request("POST", "/collections", {
    body: { name: "facts_range", fields: [{ name: "n", type: "int64", range_index: true }] },
  });
  expect(made.status).toBe(201);
  expect((await request("DELETE", "/collections/facts_range")).status).toBe(200);
});

test.runIf(version.startsWith("0."))(
  "versions before 1 have neither synonym sets nor truncation",
  async () => {
    expect((await request("GET", "/synonym_sets")).status).toBe(404);
    const path = `/collections/${collection}/documents?truncate=true`;
    expect((await request("DELETE", path)).status).toBe(400);
  },
);

async function write(...changes: Record<string, unknown>[]) {
  const lines = changes.map((change) => ({
    id: String(change["id"]),
    line: JSON.stringify({ ...document, ...change }),
  }));
  return sink.import(collection, lines);
}

async function search(query: string): Promise<{ found: number }> {
  return (await get(`/collections/events/documents/search?${query}`)) as { found: number };
}
