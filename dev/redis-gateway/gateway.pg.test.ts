import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Redis } from "@upstash/redis";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { makeTestFolder, startTestGateway, startTestRedis } from "../testing/parts.ts";
import type { Engine } from "./engine.ts";
import { createRedisEngine } from "./redis-engine.ts";
import { createGateway } from "./server.ts";

const token = "a token of this test";
let engine: Engine;
let url: string;
let stop: () => void;

beforeAll(async () => {
  engine = await createRedisEngine(inject("redisUrl"));
  const server = createGateway({ engine, token });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  stop = () => {
    server.close();
    server.closeAllConnections();
  };
});

afterAll(async () => {
  stop();
  await engine.close();
});

const encodings = [{ responseEncoding: "base64" as const }, { responseEncoding: false as const }];
const key = () => `{gateway-test}:${randomUUID()}`;

function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  return fetch(`${url}${path}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

test.each(encodings)("the SDK reads back what it wrote ($responseEncoding)", async (encoding) => {
  const redis = new Redis({ url, token, ...encoding });
  const [text, list, hash] = [key(), key(), key()];
  expect(await redis.set(text, 'Beyoncé 🎫\n"quoted"')).toBe("OK");
  expect(await redis.get(text)).toBe('Beyoncé 🎫\n"quoted"');
  expect(await redis.get(key())).toBeNull();
  expect(await redis.set(text, "other", { nx: true, px: 1000 })).toBeNull();
  expect(await redis.incr(key())).toBe(1);
  expect(await redis.rpush<unknown>(list, "a", "b", { c: 1 })).toBe(3);
  expect(await redis.lrange(list, 0, -1)).toEqual(["a", "b", { c: 1 }]);
  await redis.hset(hash, { one: "1st", two: "2nd" });
  expect(await redis.hgetall(hash)).toEqual({ one: "1st", two: "2nd" });
});

test.each(encodings)("scripts run by source and by hash ($responseEncoding)", async (encoding) => {
  const redis = new Redis({ url, token, ...encoding });
  const source = "return {KEYS[1], ARGV[1], 7, false, {'nested', ARGV[2]}}";
  const expected = ["k", "a", 7, null, ["nested", "b"]];
  expect(await redis.eval(source, ["k"], ["a", "b"])).toEqual(expected);
  const sha = await redis.scriptLoad(source);
  expect(await redis.evalsha(sha, ["k"], ["a", "b"])).toEqual(expected);
  await expect(redis.evalsha("0".repeat(40), [], [])).rejects.toThrow(/NOSCRIPT/);
});

test.each(encodings)(
  "a pipeline answers in order, errors in their places ($responseEncoding)",
  async (encoding) => {
    const redis = new Redis({ url, token, ...encoding });
    const text = key();
    const outcomes = await redis
      .pipeline()
      .set(text, "word")
      .lpush(text, "wrong type")
      .get(text)
      .exec({ keepErrors: true });
    expect(outcomes.map(({ result }) => result ?? null)).toEqual(["OK", null, "word"]);
    expect(outcomes[1]?.error).toMatch(/^WRONGTYPE/);
  },
);

test.each(encodings)(
  "a transaction is carried out as one ($responseEncoding)",
  async (encoding) => {
    const redis = new Redis({ url, token, ...encoding });
    const counter = key();
    const both = await Promise.all([
      redis.multi().incr(counter).incr(counter).exec<[number, number]>(),
      redis.multi().incr(counter).incr(counter).exec<[number, number]>(),
    ]);
    for (const [first, second] of both) expect(second).toBe(first + 1);
  },
);

test("a transaction with a command that Redis does not know changes nothing", async () => {
  const text = key();
  const answer = await post("/multi-exec", [["set", text, "1"], ["nonsense"]]);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toEqual({ error: expect.stringMatching(/^EXECABORT/) });
  expect(await engine.run(["exists", text])).toBe("0");
});

test("an error of one command does not undo the others of its transaction", async () => {
  const text = key();
  const answer = await post("/multi-exec", [
    ["set", text, "word"],
    ["lpush", text, "x"],
  ]);
  expect(await answer.json()).toEqual([
    { result: "OK" },
    { error: expect.stringMatching(/^WRONGTYPE/) },
  ]);
});

test("bytes that are no text arrive unchanged", async () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const text = key();
  const stored = await fetch(`${url}/set/${encodeURIComponent(text)}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}` },
    body: bytes,
  });
  expect(await stored.json()).toEqual({ result: "OK" });
  const read = await post("/", ["get", text], { "Upstash-Encoding": "base64" });
  const { result } = (await read.json()) as { result: string };
  expect(Buffer.from(result, "base64").equals(bytes)).toBe(true);
});

test("whole numbers keep all their 64 bits", async () => {
  const counter = key();
  await post("/", ["set", counter, "9223372036854775806"]);
  const answer = await post("/", ["incr", counter]);
  expect(await answer.text()).toBe('{"result":9223372036854775807}');
});

test("a command may be a path", async () => {
  const text = key();
  const get = (path: string) =>
    fetch(`${url}${path}`, { headers: { Authorization: `Bearer ${token}` } });
  expect(await (await get(`/set/${text}/a%2Fb?EX=100`)).json()).toEqual({ result: "OK" });
  expect(await (await get(`/get/${text}`)).json()).toEqual({ result: "a/b" });
  expect(await engine.run(["ttl", text])).toBe("100");
});

const routes = ["/", "/pipeline", "/multi-exec", "/get/a"];
const wrong = [undefined, "", "Bearer ", "Bearer wrong", `Bearer ${token}x`];
test.each(routes.flatMap((path) => wrong.map((header) => ({ path, header }))))(
  "$path refuses $header",
  async ({ path, header }) => {
    const answer = await fetch(`${url}${path}`, {
      method: "POST",
      headers: header === undefined ? {} : { Authorization: header },
      body: JSON.stringify([["set", "refused", "1"]]),
    });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({ error: expect.stringMatching(/^WRONGPASS/) });
  },
);

test("the SDK with a wrong token is told so", async () => {
  const redis = new Redis({ url, token: "wrong" });
  await expect(redis.get("a")).rejects.toThrow(/WRONGPASS/);
});

test.each([
  { path: "/", body: "not json", error: /not JSON/ },
  { path: "/", body: [], error: /empty command/ },
  { path: "/", body: { get: "a" }, error: /empty command/ },
  { path: "/", body: [""], error: /empty command/ },
  { path: "/", body: ["nonsense"], error: /unknown command/ },
  { path: "/", body: ["get"], error: /wrong number of arguments/ },
  { path: "/", body: ["BLPOP", "a", "0"], error: /not available: 'BLPOP'/ },
  { path: "/", body: ["multi"], error: /not available/ },
  { path: "/pipeline", body: [], error: /list of commands/ },
  { path: "/pipeline", body: ["get", "a"], error: /empty command/ },
  { path: "/pipeline", body: [["subscribe", "a"]], error: /not available/ },
  { path: "/get/%zz", body: "", error: /percent-encoded/ },
])("$path with $body is a 400 that says why", async ({ path, body, error }) => {
  const answer = await post(path, body);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toEqual({ error: expect.stringMatching(error) });
});

test("reading the command routes is refused", async () => {
  const answer = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(405);
});

test("a request that is too large is refused and the connection stays usable", async () => {
  const answer = await post("/", ["set", "large", "x".repeat(10_000_001)]);
  expect(answer.status).toBe(413);
  expect((await post("/", ["ping"])).status).toBe(200);
});

test("a Redis that dies or hangs is reported at once, and found again when it is back", async ({
  onTestFinished,
}) => {
  const folder = makeTestFolder();
  let redis = await startTestRedis(folder);
  const port = Number(new URL(redis.redisUrl).port);
  const gateway = await startTestGateway(folder, redis.redisUrl);
  onTestFinished(async () => {
    await Promise.all([redis.stop(), gateway.stop()]);
    folder.remove();
  });
  const ask = async (path: string, body: unknown) => {
    const answer = await fetch(`${gateway.upstashUrl}${path}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${gateway.upstashToken}` },
      body: JSON.stringify(body),
    });
    return {
      status: answer.status,
      body: (await answer.json()) as { result?: string; error?: string },
    };
  };
  const untilAnswered = async () => {
    await expect
      .poll(async () => (await ask("/", ["ping"])).body.result, { timeout: 20_000 })
      .toBe("PONG");
  };

  redis.kill("SIGSTOP");
  expect((await ask("/", ["set", "a", "1"])).status).toBe(503);
  redis.kill("SIGCONT");
  await untilAnswered();

  const inFlight = ask("/", ["eval", "while true do end", "0"]);
  redis.kill("SIGKILL");
  await redis.exited;
  expect((await inFlight).status).toBe(503);
  expect((await ask("/pipeline", [["ping"]])).status).toBe(503);
  expect((await ask("/multi-exec", [["ping"]])).status).toBe(503);

  redis = await startTestRedis(folder, { port });
  expect(redis.redisUrl).toContain(`:${port}`);
  await untilAnswered();
});
