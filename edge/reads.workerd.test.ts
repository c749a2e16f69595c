import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ask, askAs } from "./testing/ask-edge.ts";
import { newId, origin, showEvent } from "./testing/neighbours.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
});
afterEach(() => {
  vi.useRealTimers();
});

function pass(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

test("a thousand requests at once for a cold event ask the origin once", async () => {
  const id = await showEvent();
  await origin.plays({
    path: `/events/${id}`,
    status: 200,
    delayMs: 100,
    headers: { etag: 'W/"1"' },
    body: JSON.stringify({ event: { id } }),
  });
  const answers = await Promise.all(
    Array.from({ length: 1_000 }, async () => {
      const response = await ask(`/events/${id}`);
      await response.arrayBuffer();
      return response;
    }),
  );
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(await origin.received(`/events/${id}`)).toHaveLength(1);
  const collapsed = answers.filter((it) => it.headers.get("Cache-Status")?.includes("collapsed"));
  expect(collapsed.length).toBeGreaterThan(900);
});

test("within its second an event is answered from memory, and says so", async () => {
  const id = await showEvent();
  await ask(`/events/${id}`);
  const again = await ask(`/events/${id}?utm_source=x`);
  expect(again.headers.get("Cache-Status")).toBe("frontrow-edge; hit; ttl=1; detail=memory");
  expect(again.headers.get("Cache-Control")).toBe("public, no-cache");
  expect(await origin.received(`/events/${id}`)).toHaveLength(1);
});

test("a client that has the current tag gets 304 without a body", async () => {
  const id = await showEvent();
  const etag = (await ask(`/events/${id}`)).headers.get("ETag") ?? "";
  expect(etag).toMatch(/^W\/"/);
  const response = await ask(`/events/${id}`, { headers: { "If-None-Match": `"x", ${etag}` } });
  expect(response.status).toBe(304);
  expect(await response.text()).toBe("");
});

test("what is old is confirmed by its tag, and a change shows at once", async () => {
  const id = await showEvent("Before");
  await ask(`/events/${id}`);
  pass(1_600);
  expect((await ask(`/events/${id}`)).headers.get("Cache-Status")).toContain("fwd=");
  const [, second] = await origin.received(`/events/${id}`);
  expect(second?.headers["if-none-match"]).toBe('W/"1-Before"');
  await showEvent("After", id);
  pass(1_600);
  const { event } = await (await ask(`/events/${id}`)).json<{ event: { name: string } }>();
  expect(event.name).toBe("After");
});

test.each(["refuse", "hang"] as const)(
  "an event that was seen goes on being shown when the origin does %s",
  async (fault) => {
    const id = await showEvent();
    await ask(`/events/${id}`);
    await origin.plays({ path: `/events/${id}`, fault });
    pass(60_000);
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(`/events/${id}`)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(answers[0]?.headers.get("Cache-Status")).toContain("detail=stale");
    expect(answers[0]?.headers.get("Warning")).toContain("110");
    await showEvent("Back", id);
    pass(6_000);
    if (fault === "hang") return; // the hung request has its own time limit
    const { event } = await (await ask(`/events/${id}`)).json<{ event: { name: string } }>();
    expect(event.name).toBe("Back");
  },
);

test("after a failure nobody waits for the origin, and it is not asked by everybody", async () => {
  const id = await showEvent();
  await ask(`/events/${id}`);
  await origin.plays({ path: `/events/${id}`, fault: "refuse" });
  pass(60_000);
  await ask(`/events/${id}`);
  for (let turn = 0; turn < 20; turn++) await ask(`/events/${id}`);
  expect(await origin.received(`/events/${id}`)).toHaveLength(2);
});

test("an event that was never seen is a 503 with Retry-After when the origin is dead", async () => {
  const id = newId();
  await origin.plays({ path: `/events/${id}`, fault: "refuse" });
  const response = await ask(`/events/${id}`);
  expect(response.status).toBe(503);
  expect(response.headers.get("Retry-After")).toBe("2");
  expect(response.headers.get("Cache-Control")).toBe("no-store");
});

test("an event that is taken back is gone from the shared cache, too", async () => {
  const id = await showEvent();
  await ask(`/events/${id}`);
  await origin.plays({ path: `/events/${id}`, status: 404 });
  pass(1_600);
  expect((await ask(`/events/${id}`)).status).toBe(404);
  await vi.waitFor(async () => {
    const shared = await caches.default.match(`https://cache.internal/v1/ev/${id}/view/gzip`);
    expect(shared?.headers.get("x-status")).toBe("404");
  });
});

test("an invented admission pass does not get past the cache", async () => {
  const id = await showEvent();
  for (let turn = 0; turn < 5; turn++) {
    const response = await askAs("alice", `/events/${id}`, {
      headers: { "Admission-Pass": `p${turn}` },
    });
    expect(response.status).toBe(200);
  }
  const [only, ...more] = await origin.received(`/events/${id}`);
  expect(more).toEqual([]);
  expect(only?.headers["admission-pass"]).toBeUndefined();
});

test("a queued event's refusal is remembered, and names the queue", async () => {
  const id = newId();
  const queue = `/events/${id}/queue`;
  await origin.plays({
    path: `/events/${id}/availability`,
    status: 403,
    body: JSON.stringify({
      type: "/problems/admission-required",
      title: "Join the queue first",
      status: 403,
      detail: "This event has a waiting room.",
      code: "admission-required",
      requestId: "r",
      queue,
    }),
  });
  for (let turn = 0; turn < 5; turn++) {
    const response = await ask(`/events/${id}/availability`);
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ code: "admission-required", queue });
  }
  expect(await origin.received(`/events/${id}/availability`)).toHaveLength(1);
});

test("a client that takes no Brotli gets gzip from the origin, and the Brotli copy when that is dead", async () => {
  const id = newId();
  // {"brotli":true}, compressed by Node's zlib
  const body = Uint8Array.from(atob("CweAeyJicm90bGkiOnRydWV9Aw=="), (char) => char.charCodeAt(0));
  const headers = { "content-encoding": "br", etag: 'W/"1"' };
  await origin.plays({ path: `/events/${id}`, status: 200, headers, body });
  const packed = await ask(`/events/${id}`, { headers: { "Accept-Encoding": "gzip, br" } });
  expect(packed.headers.get("Content-Encoding")).toBe("br");
  await origin.plays({ path: `/events/${id}`, fault: "refuse" });
  const plain = await ask(`/events/${id}`, { headers: { "Accept-Encoding": "gzip" } });
  expect(plain.headers.get("Content-Encoding")).toBeNull();
  expect(await plain.json()).toEqual({ brotli: true });
  expect(plain.headers.get("ETag")).toBe(packed.headers.get("ETag"));
  const asked = await origin.received(`/events/${id}`);
  expect(asked.map((request) => request.headers["accept-encoding"])).toEqual(["br", "gzip"]);
});

test("compressed bytes go out as they came: nobody unpacks them on the way", async () => {
  const id = newId();
  const body = new Uint8Array([1, 2, 3]); // no Brotli at all: whoever unpacked it would fail
  const headers = { "content-encoding": "br", etag: 'W/"1"' };
  await origin.plays({ path: `/events/${id}`, status: 200, headers, body });
  const response = await ask(`/events/${id}`, {
    headers: { "Accept-Encoding": "br", Origin: "https://tickets.example" },
    encodeResponseBody: "manual",
  });
  expect(response.headers.get("Content-Encoding")).toBe("br");
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(body);
});
