import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { answerSearch } from "./answer-search.ts";
import { createApp } from "./app.ts";
import { readEnv } from "./env.ts";
import { openParts, type Parts } from "./parts.ts";
import { createServe } from "./serve.ts";
import { toSimpleRead } from "./simple-read.ts";
import { newId, origin, searchServer } from "./testing/neighbours.ts";

/** An age of whole seconds stands in the headers. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
});
afterEach(() => {
  vi.useRealTimers();
});

const openNew = () => openParts(readEnv(env));

function asked(path: string, headers: Record<string, string> = {}, init: RequestInit = {}) {
  const all = { "Accept-Encoding": "gzip", "X-Request-Id": "of-this-test", ...headers };
  return new Request(`https://edge.example${path}`, { ...init, headers: all });
}

async function read(response: Response) {
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: [...new Uint8Array(await response.arrayBuffer())],
  };
}

/** What comes ahead of the app, and what the app says where nobody has asked before. */
async function both(request: () => Request, change: (parts: Parts) => Parts = (it) => it) {
  const answer = await aheadOfApp(change(await openNew()), request());
  const app = createApp(change(await openNew()));
  const inApp = await app.fetch(request(), env, createExecutionContext());
  if (!answer) throw new Error("it was left to the app");
  return { ahead: await read(answer), inApp: await read(inApp) };
}

function aheadOfApp(parts: Parts, request: Request) {
  const simple = toSimpleRead(parts, request);
  return simple && answerSearch(parts)(simple, createExecutionContext());
}

async function playSearch(keyword: string): Promise<void> {
  await searchServer.plays({
    path: `/collections/events/documents/search?q=${keyword}&`,
    status: 200,
    body: JSON.stringify({ found: 7, out_of: 100, hits: [] }),
  });
}

test.each([{}, { "Accept-Encoding": "identity" }, { "Admission-Pass": "x" }])(
  "a new search with %o is answered as the app would, to the byte and the header",
  async (headers) => {
    const keyword = `new${newId()}`;
    await playSearch(keyword);
    const { ahead, inApp } = await both(() =>
      asked(`/events/search?keyword=${keyword}&utm=1&keyword=second`, headers),
    );
    expect(ahead).toEqual(inApp);
    expect(ahead.status).toBe(200);
    expect(ahead.headers["cache-status"]).toContain("fwd=miss");
  },
);

test("a new search goes out as it is; once it was asked for again it is packed, under the same tag, or a 304", async () => {
  const keyword = `twice${newId()}`;
  await playSearch(keyword);
  const serve = createServe(await openNew());
  const ask = async (headers: Record<string, string> = {}) => {
    const ctx = createExecutionContext();
    const response = await serve(
      asked(`/events/search?keyword=${keyword}`, headers),
      { ...env },
      ctx,
    );
    const answer = await read(response);
    await waitOnExecutionContext(ctx); // it packs what is asked for again
    return answer;
  };
  const first = await ask();
  const second = await ask();
  const third = await ask();
  expect(first.headers["content-encoding"]).toBeUndefined();
  expect(second.body).toEqual(first.body);
  expect(third.headers["content-encoding"]).toBe("gzip");
  expect(third.headers["etag"]).toBe(first.headers["etag"]);
  const unpacked = await ask({ "Accept-Encoding": "identity" });
  expect(unpacked.headers["content-encoding"]).toBeUndefined();
  expect(unpacked.body).toEqual(first.body);
  const known = await ask({ "If-None-Match": first.headers["etag"] ?? "" });
  expect([known.status, known.body]).toEqual([304, []]);
});

test("a search that nobody can answer is the app's 503", async () => {
  const keyword = `dead${newId()}`;
  await searchServer.plays({
    path: `/collections/events/documents/search?q=${keyword}&`,
    fault: "refuse",
  });
  await origin.plays({ path: `/events/search?keyword=${keyword}&`, fault: "refuse" });
  const { ahead, inApp } = await both(() => asked(`/events/search?keyword=${keyword}`));
  expect(ahead).toEqual(inApp);
  expect(ahead.status).toBe(503);
  expect(ahead.headers["retry-after"]).toBeTruthy();
});

test("an address beyond its limit is refused as the app would, and counted once", async () => {
  const keys: string[] = [];
  const limit = async ({ key }: { key: string }) => ({ success: keys.push(key) > 99 });
  const limited = (parts: Parts): Parts => ({
    ...parts,
    env: { ...parts.env, RATE_LIMITS: "on", LIMIT_SEARCHES: { limit } },
  });
  const from = { "CF-Connecting-IP": "192.0.2.8" };
  const { ahead, inApp } = await both(() => asked("/events/search?keyword=x", from), limited);
  expect(ahead).toEqual(inApp);
  expect(ahead.status).toBe(429);
  expect(keys).toEqual(["address:192.0.2.8", "address:192.0.2.8"]); // once here, once in the app
});

test.each([
  ["another path", "/events/1", {}, {}],
  ["no valid search", "/events/search?page=0", {}, {}],
  ["another site's page", "/events/search", { Origin: "https://elsewhere.example" }, {}],
  ["HEAD", "/events/search", {}, { method: "HEAD" }],
])("%s is for the app", async (_, path, headers, init) => {
  expect(aheadOfApp(await openNew(), asked(path, headers, init))).toBeUndefined();
});
