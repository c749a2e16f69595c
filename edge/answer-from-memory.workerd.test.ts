import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { answerFromMemory } from "./answer-from-memory.ts";
import { createApp } from "./app.ts";
import { readEnv } from "./env.ts";
import { openParts, type Parts } from "./parts.ts";
import { toSimpleRead } from "./simple-read.ts";
import { newId, origin, searchServer } from "./testing/neighbours.ts";

const parts = await openParts(readEnv(env));
const app = createApp(parts);
const toApp = vi.fn<(request: Request) => void>();

/** An age of whole seconds stands in the headers. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  toApp.mockClear();
});
afterEach(() => {
  vi.useRealTimers();
});

function asked(path: string, headers: Record<string, string> = {}, init: RequestInit = {}) {
  const all = { "Accept-Encoding": "gzip", "X-Request-Id": "of-this-test", ...headers };
  return new Request(`https://edge.example${path}`, { ...init, headers: all });
}

async function fromApp(request: Request): Promise<Response> {
  return app.fetch(request, env, createExecutionContext());
}

async function ask(request: Request, of = parts): Promise<Response> {
  const answer = aheadOfApp(of, request);
  if (answer) return answer;
  toApp(request);
  return fromApp(request);
}

function aheadOfApp(of: Parts, request: Request) {
  const simple = toSimpleRead(of, request);
  return simple && answerFromMemory(of)(simple, createExecutionContext());
}

const read = async (response: Response) => ({
  status: response.status,
  headers: Object.fromEntries(response.headers),
  body: [...new Uint8Array(await response.arrayBuffer())],
});

/** What everybody may see, with an answer to each. */
async function publicPaths(): Promise<string[]> {
  const id = newId();
  await searchServer.plays({
    path: `/collections/events/documents/search?q=memory${id}`,
    status: 200,
    body: JSON.stringify({ found: 7, out_of: 100, hits: [] }),
  });
  const paths = ["", "/availability", "/facts", "/plan"].map((it) => `/events/${id}${it}`);
  for (const path of paths) {
    await origin.plays({ path, status: 200, headers: { etag: '"1"' }, body: `{"at":"${path}"}` });
  }
  return [...paths, `/events/search?keyword=Memory${id}&utm=1`];
}

test("from memory comes what the app would have answered, to the byte and the header", async () => {
  for (const path of await publicPaths()) {
    await (await ask(asked(path))).arrayBuffer();
    expect(toApp).toHaveBeenCalledTimes(1);
    toApp.mockClear();
    const known = await read(await ask(asked(path)));
    expect(toApp).not.toHaveBeenCalled();
    expect(known).toEqual(await read(await fromApp(asked(path))));
    expect(known).toMatchObject({ status: 200, headers: { "cache-control": "public, no-cache" } });
    const tag = { "If-None-Match": known.headers["etag"] ?? "" };
    const unchanged = await read(await ask(asked(path, tag)));
    expect(toApp).not.toHaveBeenCalled();
    expect(unchanged).toEqual(await read(await fromApp(asked(path, tag))));
    expect(unchanged.status).toBe(304);
  }
});

test.each([
  ["an admission pass", { "Admission-Pass": "x" }, {}],
  ["another site's page", { Origin: "https://elsewhere.example" }, {}],
  ["no compression", { "Accept-Encoding": "identity" }, {}],
  ["HEAD", {}, { method: "HEAD" }],
  ["OPTIONS", {}, { method: "OPTIONS" }],
] as const)("%s is for the app, whatever is in memory", async (_, headers, init) => {
  const [path = ""] = await publicPaths();
  await (await ask(asked(path))).arrayBuffer();
  toApp.mockClear();
  await (await ask(asked(path, headers, init))).arrayBuffer();
  expect(toApp).toHaveBeenCalledTimes(1);
});

test("refusals and what is old are for the app", async () => {
  const id = newId();
  const path = `/events/${id}`;
  await origin.plays({ path, status: 404, body: "{}" });
  expect((await ask(asked(path))).status).toBe(404);
  expect((await ask(asked(path))).status).toBe(404);
  expect(toApp).toHaveBeenCalledTimes(2);
  const [other = ""] = await publicPaths();
  await (await ask(asked(other))).arrayBuffer();
  vi.setSystemTime(Date.now() + 1_600);
  toApp.mockClear();
  await (await ask(asked(other))).arrayBuffer();
  expect(toApp).toHaveBeenCalledTimes(1);
});

function limitedBy(limit: (options: { key: string }) => Promise<{ success: boolean }>) {
  const limited: Parts = {
    ...parts,
    env: { ...parts.env, RATE_LIMITS: "on", LIMIT_READS: { limit } },
  };
  const otherApp = createApp(limited);
  const inApp = async (request: Request) => otherApp.fetch(request, env, createExecutionContext());
  return { limited, inApp };
}

test("rate limits count these, too: per address here, per user in the app", async () => {
  const [path = ""] = await publicPaths();
  await (await ask(asked(path))).arrayBuffer();
  toApp.mockClear();
  const keys: string[] = [];
  const limit = async ({ key }: { key: string }) => ({ success: keys.push(key) < 3 });
  const { limited, inApp } = limitedBy(limit);
  const from = { "CF-Connecting-IP": "192.0.2.7" };
  const answers = [];
  for (let turn = 0; turn < 3; turn++) answers.push(await ask(asked(path, from), limited));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
  expect(toApp).not.toHaveBeenCalled();
  expect(keys).toEqual(["address:192.0.2.7", "address:192.0.2.7", "address:192.0.2.7"]);
  const [, , refused] = await Promise.all(answers.map(read));
  expect(refused).toEqual(await read(await inApp(asked(path, from))));
  expect(keys).toHaveLength(4);
  const withToken = asked(path, { Authorization: "Bearer x" });
  await (await ask(withToken, limited)).arrayBuffer();
  expect(keys).toHaveLength(4);
  expect(toApp).toHaveBeenCalledTimes(1);
});

test("whom the app answers instead is counted by the app alone", async () => {
  const [path = ""] = await publicPaths();
  await (await ask(asked(path))).arrayBuffer();
  const limit = vi.fn<() => Promise<{ success: boolean }>>(async () => ({ success: true }));
  const { limited, inApp } = limitedBy(limit);
  const plain = asked(path, { "Accept-Encoding": "identity" });
  expect(aheadOfApp(limited, plain)).toBeUndefined();
  expect(limit).not.toHaveBeenCalled();
  const response = await inApp(plain);
  expect(await response.text()).toBe(`{"at":"${path}"}`);
  expect(limit).toHaveBeenCalledTimes(1);
});
