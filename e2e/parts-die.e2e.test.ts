import { afterAll, beforeAll, expect, test } from "vitest";
import type { Booking } from "../contracts/bookings.ts";
import type { EventView } from "../contracts/events.ts";
import type { SearchResult } from "../contracts/search.ts";
import { type Api, eventually, openApi } from "./api.ts";
import { lightLoad } from "./light-load.ts";
import { startWholeStack, type WholeStack } from "./whole-stack.ts";

/** Each part is killed (SIGKILL) under light load; the others keep their promise, and a restart recovers. */
let stack: WholeStack;
let api: Api;
let alice: string;
let eventId: string;

beforeAll(async () => {
  stack = await startWholeStack({ seed: "full" });
  api = openApi(stack.edgeUrl);
  alice = await stack.token("alice");
  eventId = await eventually("an event that is on sale", async () => {
    const { status, body } = await api<SearchResult>(
      "GET",
      "/events/search?available=true&pageSize=50",
    );
    if (status !== 200) return undefined; // a machine that is still starting may be too slow to search
    const onSale = body.events.filter((it) => Date.parse(it.onSaleAt) < Date.now());
    return body.degraded ? undefined : onSale[0]?.id;
  });
});

afterAll(async () => {
  await stack?.stop();
});

const view = () => api<EventView>("GET", `/events/${eventId}`);
const search = (keyword: string) => api<SearchResult>("GET", `/events/search?keyword=${keyword}`);
const hold = () =>
  api<Booking>("POST", `/bookings/${eventId}`, {
    token: alice,
    body: { bestAvailable: { quantity: 1 } },
  });
const confirm = (id: string) => api<Booking>("POST", `/bookings/${id}/confirm`, { token: alice });
const release = (id: string) => api("DELETE", `/bookings/${id}`, { token: alice });

/** Holds work again, and leave nothing behind. */
async function holdsWork(): Promise<void> {
  const held = await eventually("holds work", async () => {
    const answer = await hold();
    return answer.status === 201 ? answer : undefined;
  });
  expect((await release(held.body.id)).status).toBe(204);
}

test("the origin dies: views are served stale and bookings refused with 503; a restart recovers", async () => {
  expect((await view()).status).toBe(200);
  const load = lightLoad({ view, search: () => search("a") });
  await stack.kill("origin");
  const refused = await eventually("bookings are refused", async () => {
    const answer = await hold();
    return answer.status === 503 ? answer : undefined;
  });
  expect(refused.headers.get("retry-after")).toMatch(/^\d+$/);
  expect(refused.body).toMatchObject({ code: "service-unavailable" });
  for (let turn = 0; turn < 20; turn++) expect((await view()).status).toBe(200);
  expect((await search("rock")).status).toBe(200);
  await stack.restart("origin");
  await holdsWork();
  expect(await load.stop()).toEqual({
    view: { 200: expect.any(Number) },
    search: { 200: expect.any(Number) },
  });
});

test("Redis dies: new holds are refused with 503, a hold is still confirmed; back, holds go on", async () => {
  const held = await hold();
  expect(held.status).toBe(201);
  const load = lightLoad({ view });
  await stack.kill("redis");
  const refused = await hold();
  expect(refused.status).toBe(503);
  const confirmed = await confirm(held.body.id);
  expect(confirmed.status).toBe(200);
  expect(confirmed.body.status).toBe("confirmed");
  await stack.restart("redis");
  await holdsWork();
  expect((await release(held.body.id)).status).toBe(204);
  expect(await load.stop()).toEqual({ view: { 200: expect.any(Number) } });
});

test("Postgres dies: nothing is half done; back, holds go on without a restart of the origin", async () => {
  const load = lightLoad({ view });
  await stack.kill("postgres");
  expect((await hold()).status).toBe(503);
  await stack.restart("postgres");
  await holdsWork();
  expect(await load.stop()).toEqual({ view: { 200: expect.any(Number) } });
});

test("Typesense dies: search goes on, marked degraded; back, it is asked again", async () => {
  const load = lightLoad({ view });
  await stack.kill("typesense");
  const answer = await search("beyonce");
  expect(answer.status).toBe(200);
  expect(answer.body.degraded).toBe(true);
  expect(answer.body.total).toBeGreaterThan(0);
  await stack.restart("typesense");
  await eventually(
    "search is whole again",
    async () => {
      const { status, body } = await search("beyonce&page=1");
      return status === 200 && !body.degraded ? true : undefined;
    },
    60_000,
  );
  expect(await load.stop()).toEqual({ view: { 200: expect.any(Number) } });
});

test("the indexer dies: search answers from what it has; back, it catches up", async () => {
  const admin = await stack.token("root", ["admin"]);
  await stack.kill("indexer");
  const before = await view();
  const name = `Renamed while nobody watched ${eventId}`;
  const patched = await api("PATCH", `/admin/events/${eventId}`, { token: admin, body: { name } });
  expect(patched.status).toBe(200);
  expect((await search("rock")).body.degraded).toBe(false);
  await stack.restart("indexer");
  await eventually(
    "the new name is found",
    async () => {
      const { body } = await search("renamed+while+nobody");
      return body.events.some((it) => it.id === eventId) || undefined;
    },
    60_000,
  );
  const back = { name: before.body.event.name };
  expect(
    (await api("PATCH", `/admin/events/${eventId}`, { token: admin, body: back })).status,
  ).toBe(200);
});

test("the edge dies: the stack behind it goes on, and a restart serves at the same address", async () => {
  await stack.kill("edge");
  await expect(view()).rejects.toThrow(TypeError);
  await stack.restart("edge");
  await eventually("views are back", async () =>
    (await view()).status === 200 ? true : undefined,
  );
  await holdsWork();
});
