import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SearchResult } from "../../contracts/search.ts";
import { readEnv } from "../env.ts";
import { openParts } from "../parts.ts";
import { createServe, type Serve } from "../serve.ts";
import { newId, origin, searchServer } from "../testing/neighbours.ts";

/** As in an isolate of its own: a request that one test leaves hanging counts at no other's breaker. */
let serve: Serve;

beforeEach(async () => {
  serve = createServe(await openParts(readEnv(env)));
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
});
afterEach(() => {
  vi.useRealTimers();
});

const typesensePath = (keyword: string) =>
  `/collections/events/documents/search?${new URLSearchParams({ q: keyword })}&`;
const originPath = (keyword: string) => `/events/search?${new URLSearchParams({ keyword })}&`;

function inDatabase(total: number, degraded = true): string {
  return JSON.stringify({ events: [], page: 1, pageSize: 20, total, partial: false, degraded });
}

/** What each of the two would answer, told apart by the total. */
async function playSearch(keyword: string): Promise<void> {
  const body = JSON.stringify({ found: 7, out_of: 100, hits: [] });
  await searchServer.plays({ path: typesensePath(keyword), status: 200, body });
  await origin.plays({ path: originPath(keyword), status: 200, body: inDatabase(3) });
}

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const request = new Request(`https://edge.example${path}`, init);
  return serve(request, { ...env }, createExecutionContext());
}

async function search(keyword: string) {
  const response = await ask(`/events/search?keyword=${encodeURIComponent(keyword)}`);
  return { response, found: await response.json<SearchResult>() };
}

test("a search is answered by the search server, and then from memory, however it is spelt", async () => {
  const keyword = `beyoncé${newId()}`;
  await playSearch(keyword);
  const { found } = await search(keyword);
  expect(found).toMatchObject({ total: 7, degraded: false, page: 1, pageSize: 20 });
  const respelt = await search(`  ${keyword.toUpperCase().normalize("NFD")} `);
  expect(respelt.response.headers.get("Cache-Status")).toContain("hit");
  expect(await searchServer.received(typesensePath(keyword))).toHaveLength(1);
});

test("after a failure a search server that has only some of its documents is not believed", async () => {
  const prefix = `back${newId()}`;
  const path = `/collections/events/documents/search?q=${prefix}`;
  const plays = (documents: number) =>
    searchServer.plays({
      path,
      status: 200,
      body: JSON.stringify({ found: 7, out_of: documents, hits: [] }),
    });
  await origin.plays({
    path: `/events/search?keyword=${prefix}`,
    status: 200,
    body: inDatabase(3),
  });
  await plays(100);
  expect((await search(`${prefix}a`)).found).toMatchObject({ total: 7, degraded: false });
  await searchServer.plays({ path, fault: "refuse" });
  expect((await search(`${prefix}b`)).found).toMatchObject({ total: 3, degraded: true });
  await plays(51);
  expect((await search(`${prefix}c`)).found).toMatchObject({ total: 3, degraded: true });
  await plays(100);
  expect((await search(`${prefix}d`)).found).toMatchObject({ total: 7, degraded: false });
});

test("a search carries the trace of its request to the search server", async () => {
  const keyword = `trace${newId()}`;
  await playSearch(keyword);
  const trace = crypto.randomUUID().replaceAll("-", "");
  const headers = { traceparent: `00-${trace}-00f067aa0ba902b7-01` };
  await ask(`/events/search?keyword=${keyword}`, { headers });
  const [request] = await searchServer.received(typesensePath(keyword));
  expect(request?.headers["traceparent"]).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
});

test.each(["refuse", "hang"] as const)(
  "when the search server does %s, the database answers, marked degraded",
  async (fault) => {
    const keyword = `rock${newId()}`;
    await playSearch(keyword);
    await searchServer.plays({ path: typesensePath(keyword), fault });
    const { response, found } = await search(keyword);
    expect(response.status).toBe(200);
    expect(found).toMatchObject({ total: 3, degraded: true });
  },
);

test.each([
  [503, "Not Ready or Lagging"],
  [404, "Not found."],
  [422, "Rejecting write: running out of resource"],
])(
  "while the search server answers %i, %s, the database does, marked degraded",
  async (status, message) => {
    const keyword = `restart${newId()}`;
    await playSearch(keyword);
    const body = JSON.stringify({ message });
    await searchServer.plays({ path: typesensePath(keyword), status, body });
    const { response, found } = await search(keyword);
    expect(response.status).toBe(200);
    expect(found).toMatchObject({ total: 3, degraded: true });
  },
);

test("a search server that answers nobody is not asked any more, before anybody's time limit is over", async () => {
  const prefix = `hung${newId()}`;
  const path = `/collections/events/documents/search?q=${prefix}`;
  await searchServer.plays({ path, fault: "hang" });
  const body = inDatabase(3);
  await origin.plays({ path: `/events/search?keyword=${prefix}`, status: 200, body });
  const first = ["a", "b", "c"].map((letter) => search(prefix + letter));
  await vi.waitUntil(async () => (await searchServer.received(path)).length === first.length);
  vi.setSystemTime(Date.now() + 250);
  expect((await search(`${prefix}d`)).found).toMatchObject({ total: 3, degraded: true });
  expect(await searchServer.received(`${path}d`)).toEqual([]);
  for (const { found } of await Promise.all(first)) expect(found.total).toBe(3);
});

test("a search server that has failed a few times is left alone for a while", async () => {
  const prefix = `dead${newId()}`;
  await searchServer.plays({
    path: `/collections/events/documents/search?q=${prefix}`,
    fault: "refuse",
  });
  await origin.plays({
    path: `/events/search?keyword=${prefix}`,
    status: 200,
    body: inDatabase(3),
  });
  for (let turn = 0; turn < 10; turn++)
    expect((await search(`${prefix}x${turn}`)).found.total).toBe(3);
  const asked = await searchServer.received(`/collections/events/documents/search?q=${prefix}`);
  expect(asked.length).toBeLessThanOrEqual(6); // three searches, each tried twice
});

test.each(["refuse", "hang"] as const)(
  "when both do %s, a search that was seen is served again, marked degraded in its body",
  async (fault) => {
    const keyword = `jazz${newId()}`;
    await playSearch(keyword);
    const first = await search(keyword);
    await searchServer.plays({ path: typesensePath(keyword), fault });
    await origin.plays({ path: originPath(keyword), fault });
    vi.setSystemTime(Date.now() + 600_000);
    const { response, found } = await search(keyword);
    expect(response.status).toBe(200);
    expect(found).toMatchObject({ total: 7, degraded: true });
    expect(response.headers.get("Cache-Status")).toContain("detail=stale");
    expect(response.headers.get("ETag")).not.toBe(first.response.headers.get("ETag"));
  },
);

test.each(["refuse", "hang"] as const)(
  "when both do %s, a new search is a 503 with Retry-After",
  async (fault) => {
    const keyword = `new${newId()}`;
    await searchServer.plays({ path: typesensePath(keyword), fault });
    await origin.plays({ path: originPath(keyword), fault });
    const { response } = await search(keyword);
    expect(response.status).toBe(503);
    expect(response.headers.get("Retry-After")).toBeTruthy();
  },
);

test("a name without a letter or digit is looked up in the database, and that is no fallback", async () => {
  const keyword = "!?!";
  await origin.plays({ path: originPath(keyword), status: 200, body: inDatabase(1, false) });
  const { found } = await search(keyword);
  expect(found).toMatchObject({ total: 1, degraded: false });
  const asked = await searchServer.received("/collections/");
  expect(asked.filter(({ path }) => path.includes(encodeURIComponent("?")))).toEqual([]);
});

test("filters are the same in any case, and unknown parameters are not part of the key", async () => {
  const city = `Łódź${newId()}`;
  const path = "/collections/events/documents/search?q=*&";
  await searchServer.plays({
    path,
    status: 200,
    body: JSON.stringify({ found: 1, out_of: 100, hits: [] }),
  });
  await ask(`/events/search?city=${encodeURIComponent(city)}`);
  const again = await ask(
    `/events/search?utm=1&city=${encodeURIComponent(city.toUpperCase())}&page=1`,
  );
  expect(again.headers.get("Cache-Status")).toContain("hit");
});

test("an answer that is not a search result is a 503, not a fault of ours", async () => {
  const keyword = `odd${newId()}`;
  await searchServer.plays({ path: typesensePath(keyword), status: 200, body: "{}" });
  await origin.plays({ path: originPath(keyword), status: 200, body: "<html>" });
  expect((await search(keyword)).response.status).toBe(503);
});
