import { expect, test } from "vitest";
import { ask, askAs } from "./testing/ask-edge.ts";
import { newId, origin, searchServer, showEvent } from "./testing/neighbours.ts";

const cached = (key: string) => caches.default.match(`https://cache.internal/v1/${key}`);
const long = "x".repeat(101);

test("an invented id is asked about once in a while, and leaves nothing in the shared cache", async () => {
  const id = newId();
  for (let turn = 0; turn < 20; turn++) expect((await ask(`/events/${id}`)).status).toBe(404);
  expect(await origin.received(`/events/${id}`)).toHaveLength(1);
  expect(await cached(`ev/${id}/view/gzip`)).toBeUndefined();
  expect(await cached(`ev/${id}/view/br`)).toBeUndefined();
});

/** Headers by which a question is known again, whoever is asked because of it: other files ask the same neighbours. */
function tracked() {
  const id = newId().padStart(32, "a");
  const received = async () => {
    const all = await Promise.all([origin, searchServer].map((it) => it.received("/")));
    return all.flat().filter((it) => JSON.stringify(it).includes(id));
  };
  return { headers: { "X-Request-Id": id }, received };
}

test("a question that is asked is known again by its headers", async () => {
  const keyword = `tracked${newId()}`;
  const { headers, received } = tracked();
  await ask(`/events/${newId()}`, { headers });
  await ask(`/events/search?keyword=${keyword}`, { headers });
  const paths = (await received()).map(({ path }) => path);
  expect(paths).toContainEqual(expect.stringMatching(/^\/events\/\d/));
  expect(paths).toContainEqual(expect.stringContaining(`q=${keyword}`));
});

test.each(["0", "-1", "1e3", "1".repeat(19), "../1", "1%00", "１"])(
  "what cannot be an id, %s, is not asked about at all",
  async (id) => {
    const path = `/events/${encodeURIComponent(id)}`;
    const { headers, received } = tracked();
    expect((await ask(path, { headers })).status).toBe(404);
    expect((await ask(`${path}/availability`, { headers })).status).toBe(404);
    expect(await received()).toEqual([]);
  },
);

test.each([
  `keyword=${long}`,
  `city=${long}`,
  `category=${long}`,
  "country=DEU",
  "performerId=x",
  `venueId=${"1".repeat(19)}`,
  "page=10001",
  "page=101&pageSize=100",
  "pageSize=1000000",
  "start=then",
  `sort=${long}`,
])("a search by %s is refused before anybody is asked", async (query) => {
  const { headers, received } = tracked();
  expect((await ask(`/events/search?${query}`, { headers })).status).toBe(422);
  expect(await received()).toEqual([]);
});

test("whatever else stands in a query, however long, it is the same search", async () => {
  const keyword = `same${newId()}`;
  const path = `/collections/events/documents/search?q=${keyword}`;
  const body = JSON.stringify({ found: 0, out_of: 9, hits: [] });
  await searchServer.plays({ path, status: 200, body });
  await ask(`/events/search?keyword=${keyword}`);
  for (let turn = 0; turn < 20; turn++) {
    const rubbish = `utm${turn}=${"y".repeat(turn * 200)}`;
    const response = await ask(`/events/search?${rubbish}&keyword=${keyword}&page=1&${rubbish}`);
    expect(response.headers.get("Cache-Status")).toContain("; hit");
  }
  expect(await searchServer.received(path)).toHaveLength(1);
});

test("nothing that a caller sends but the codings it takes makes another copy of a view", async () => {
  const id = await showEvent();
  await ask(`/events/${id}`);
  const hostile: Record<string, string>[] = [
    { Cookie: `session=${long}` },
    { "X-Forwarded-Host": "evil.example" },
    { "X-Original-URL": "/admin/audit" },
    { Range: "bytes=0-1" },
    { Accept: "text/plain" },
    { "Accept-Language": "xx" },
    { "Accept-Encoding": "zstd, deflate, *;q=0" },
    { "Cache-Control": "no-cache" },
    { Pragma: "no-cache" },
    { "Admission-Pass": long },
    { Authorization: `Bearer ${long}` },
    { Origin: "https://evil.example" },
    { "X-HTTP-Method-Override": "DELETE" },
  ];
  for (const headers of hostile) {
    const response = await ask(`/events/${id}?${newId()}`, { headers });
    expect([response.status, await response.json()]).toEqual([
      200,
      { event: { id, name: "An evening" }, tickets: [] },
    ]);
  }
  expect((await askAs("alice", `/events/${id}`)).status).toBe(200);
  expect(await origin.received(`/events/${id}`)).toHaveLength(1);
});

test("what one page may read is not told to another out of the cache", async () => {
  const id = await showEvent();
  const from = async (name: string) => {
    const response = await ask(`/events/${id}`, { headers: { Origin: name } });
    return response.headers.get("Access-Control-Allow-Origin");
  };
  expect(await from("https://tickets.example")).toBe("https://tickets.example");
  expect(await from("https://evil.example")).toBeNull();
  expect((await ask(`/events/${id}`)).headers.get("Access-Control-Allow-Origin")).toBeNull();
});
