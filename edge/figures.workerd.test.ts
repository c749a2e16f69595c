import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createApp } from "./app.ts";
import { readEnv } from "./env.ts";
import type { PointWriter } from "./figures.ts";
import { openParts } from "./parts.ts";
import { newId, origin, searchServer, showEvent } from "./testing/neighbours.ts";

type Point = Parameters<PointWriter["writeDataPoint"]>[0];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
});
afterEach(() => {
  vi.useRealTimers();
});

function pass(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

/** An edge of its own whose points are kept. */
async function openEdge() {
  const points: Point[] = [];
  const METRICS: PointWriter = { writeDataPoint: (point) => points.push(point) };
  const app = createApp(await openParts(readEnv({ ...env, METRICS })));
  return {
    ask: async (path: string) => {
      const context = createExecutionContext();
      const response = await app.fetch(new Request(`https://edge.example${path}`), {}, context);
      await response.arrayBuffer();
      await waitOnExecutionContext(context);
      return response;
    },
    /** What was written since it was last asked, without methods and times. */
    taken: (kind: "answer" | "ask") =>
      points
        .splice(0)
        .filter(({ blobs }) => blobs[0] === kind)
        .map(({ blobs }) => blobs.slice(2).join(" ")),
    points,
  };
}

test("an answer's point says its route, the layer that it came from, its status and how long it took", async () => {
  const edge = await openEdge();
  const other = await openEdge();
  const id = await showEvent();
  const view = () => edge.ask(`/events/${id}`);
  await view();
  await view();
  const [first] = edge.points.filter(({ blobs }) => blobs[0] === "answer");
  expect(first?.indexes).toEqual(["/events/:eventId"]);
  expect(first?.doubles).toEqual([expect.any(Number)]);
  await other.ask(`/events/${id}`);
  await origin.plays({ path: `/events/${id}`, fault: "refuse" });
  pass(60_000);
  await view();
  expect(edge.taken("answer")).toEqual([
    "/events/:eventId fetched 200",
    "/events/:eventId memory 200",
    "/events/:eventId stale 200",
  ]);
  expect(other.taken("answer")).toEqual(["/events/:eventId shared 200"]);
});

test("each question to the origin is counted, what it came to as well, and cached answers are none", async () => {
  const edge = await openEdge();
  const id = await showEvent();
  for (let turn = 0; turn < 5; turn++) await edge.ask(`/events/${id}`);
  expect(edge.taken("ask")).toEqual(["origin answered 200"]);
  pass(1_600);
  await edge.ask(`/events/${id}`);
  expect(edge.taken("ask")).toEqual(["origin confirmed 304"]);
  await origin.plays({ path: `/events/${id}`, fault: "refuse" });
  pass(1_600);
  await edge.ask(`/events/${id}`);
  expect(edge.taken("ask")).toEqual(["origin failed 0"]);
});

test("a hot event is asked of its object, and that is counted apart", async () => {
  const edge = await openEdge();
  const id = await showEvent();
  for (let turn = 0; turn < 6; turn++) {
    await edge.ask(`/events/${id}`);
    pass(1_600);
  }
  expect(edge.taken("ask").map((it) => it.split(" ")[0])).toEqual([
    "origin",
    "origin",
    "origin",
    "origin",
    "event-object",
    "event-object",
  ]);
});

test("a search is counted at both of those who were asked, and by its own route", async () => {
  const edge = await openEdge();
  const keyword = `counted${newId()}`;
  await searchServer.plays({
    path: `/collections/events/documents/search?q=${keyword}`,
    fault: "refuse",
  });
  await origin.plays({
    path: `/events/search?keyword=${keyword}`,
    status: 200,
    body: '{"events":[],"page":1,"pageSize":20,"total":0,"partial":false,"degraded":true}',
  });
  await edge.ask(`/events/search?keyword=${keyword}`);
  const asked = edge.points.filter(({ blobs }) => blobs[0] === "ask").map(({ blobs }) => blobs[2]);
  expect(new Set(asked)).toEqual(new Set(["typesense", "origin"]));
  expect(edge.taken("answer")).toEqual(["/events/search fetched 200"]);
});
