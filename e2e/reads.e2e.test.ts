import { afterAll, beforeAll, expect, test } from "vitest";
import type { EventView } from "../contracts/events.ts";
import type { SearchResult } from "../contracts/search.ts";
import { type Api, eventually, openApi } from "./api.ts";
import { lightLoad } from "./light-load.ts";
import { startWholeStack, type WholeStack } from "./whole-stack.ts";

/** What readers notice when what is behind the edge dies and comes back: the edge itself is never started anew. */
let stack: WholeStack;
let api: Api;
let eventId: string;

beforeAll(async () => {
  stack = await startWholeStack({ seed: "full" });
  api = openApi(stack.edgeUrl);
  eventId = await eventually(
    "the programme can be searched",
    async () => {
      const { status, body } = await search("a");
      return status === 200 && !body.degraded ? body.events[0]?.id : undefined;
    },
    60_000,
  );
});

afterAll(async () => {
  await stack?.stop();
});

const view = () => api<EventView>("GET", `/events/${eventId}`);
const search = (keyword: string) =>
  api<SearchResult>("GET", `/events/search?keyword=${encodeURIComponent(keyword)}`);
const isStale = (headers: Headers) => headers.get("cache-status")?.includes("stale") === true;

/** Asked until the machine was fast enough to answer within the search's time limit. */
const searched = (keyword: string) =>
  eventually(`${keyword} is answered`, async () => {
    const answer = await search(keyword);
    return answer.status === 200 ? answer.body : undefined;
  });

async function allBack(): Promise<void> {
  await eventually("the view is fresh again", async () => {
    const { status, headers } = await view();
    return status === 200 && !isStale(headers) ? true : undefined;
  });
  let turn = 0;
  await eventually("the search is whole again", async () => {
    const { status, body } = await search(`a b ${turn++} ${Math.random()}`);
    return status === 200 && !body.degraded ? true : undefined;
  });
}

test("origin dead: no view of a warmed event fails, and each says when it is stale; back, it is fresh", async () => {
  await view();
  const load = lightLoad({ view });
  await stack.kill("origin");
  await eventually("the view says that it is stale", async () => {
    const { status, headers } = await view();
    expect(status).toBe(200);
    return isStale(headers) && headers.get("warning") !== null ? true : undefined;
  });
  for (let turn = 0; turn < 100; turn++) expect((await view()).status).toBe(200);
  await stack.restart("origin");
  await allBack();
  const { view: statuses } = await load.stop();
  expect(Object.keys(statuses)).toEqual(["200"]);
});

test("Typesense dead: the database answers, marked degraded; back, the search server does again", async () => {
  await stack.kill("typesense");
  for (const keyword of ["rock", "beyonce", "talor swfit"]) {
    expect(await searched(`${keyword} `.repeat(2).trim())).toMatchObject({ degraded: true });
  }
  await stack.restart("typesense");
  await allBack();
});

test("both dead: what was seen is served, marked; what was not is an honest 503; back, all is fresh", async () => {
  const seen = "jazz";
  await searched(seen);
  await view();
  await Promise.all([stack.kill("origin"), stack.kill("typesense")]);
  await eventually(
    "the copy has aged",
    async () => ((await search(seen)).body.degraded ? true : undefined),
    90_000, // a search is served as it is for 40 s
  );
  const again = await search(seen);
  expect([again.status, again.body.degraded]).toEqual([200, true]);
  const unseen = await search(`never seen ${Math.random()}`);
  expect(unseen.status).toBe(503);
  expect(unseen.headers.get("retry-after")).toMatch(/^\d+$/);
  expect((await view()).status).toBe(200);
  await Promise.all([stack.restart("origin"), stack.restart("typesense")]);
  await allBack();
});
