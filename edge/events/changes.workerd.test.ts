import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { changesMax } from "../../contracts/changes.ts";
import { edgeHeaders } from "../../contracts/edge-signature.ts";
import { readEnv } from "../env.ts";
import { ask } from "../testing/ask-edge.ts";
import { newId, showEvent } from "../testing/neighbours.ts";
import { feedOf, seatsOf, tell } from "../testing/tell-edge.ts";

/** Hardly any time passes: what shows a change is what was told, not that a copy grew old. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
});
afterEach(() => {
  vi.useRealTimers();
});

let epoch = 0;

/** A feed whose first batch the edge has taken. */
async function openFeed() {
  const feed = feedOf(++epoch);
  await tell(feed.next({ kind: "seats", eventId: newId() }));
  return feed;
}

async function nameOf(id: string): Promise<string> {
  const { event } = await (await ask(`/events/${id}`)).json<{ event: { name: string } }>();
  return event.name;
}

/** An event of which the edge has a fresh copy that is not true any more. */
async function showRenamed(): Promise<string> {
  vi.setSystemTime(Date.now() + 1); // what was told so far is before it
  const id = await showEvent("Before");
  expect(await nameOf(id)).toBe("Before");
  await showEvent("After", id);
  expect(await nameOf(id)).toBe("Before");
  return id;
}

test("a told change shows at once, though the copy is fresh", async () => {
  const id = await showRenamed();
  expect((await tell(seatsOf(id))).status).toBe(200);
  expect(await nameOf(id)).toBe("After");
});

test.each([
  { kind: "event", version: 2 },
  { kind: "venue", venueId: "7" },
  { kind: "performer", performerId: "7" },
  { kind: "all" },
] as const)(
  "a change of kind $kind from the indexer makes copies old, told once or twice",
  async (change) => {
    const feed = await openFeed();
    const id = await showRenamed();
    const batch = feed.next(change.kind === "event" ? { ...change, eventId: id } : change);
    expect((await tell(batch)).status).toBe(200);
    expect((await tell(batch)).status).toBe(200);
    expect(await nameOf(id)).toBe("After");
  },
);

test("a batch in order makes nothing old but what it names", async () => {
  const feed = await openFeed();
  const id = await showRenamed();
  await tell(feed.next({ kind: "event", eventId: newId(), version: 1 }));
  expect(await nameOf(id)).toBe("Before");
});

test("after a batch that never came everything counts as changed", async () => {
  const feed = await openFeed();
  const id = await showRenamed();
  feed.lose();
  await tell(feed.next({ kind: "seats", eventId: newId() }));
  expect(await nameOf(id)).toBe("After");
});

test("when the indexer begins a new epoch everything counts as changed, once", async () => {
  await openFeed();
  const id = await showRenamed();
  const feed = await openFeed();
  expect(await nameOf(id)).toBe("After");
  const other = await showRenamed();
  await tell(feed.next({ kind: "seats", eventId: newId() }));
  expect(await nameOf(other)).toBe("Before");
});

test("a late batch is no gap, and neither is one after the watch slept", async () => {
  const feed = await openFeed();
  const late = feed.next({ kind: "seats", eventId: newId() });
  await tell(late);
  await tell(feed.next({ kind: "seats", eventId: newId() }));
  const id = await showRenamed();
  await tell(late);
  const { CHANGE_FEED } = readEnv(env);
  await evictDurableObject(CHANGE_FEED.get(CHANGE_FEED.idFromName("indexer")));
  await tell(feed.next({ kind: "seats", eventId: newId() }));
  expect(await nameOf(id)).toBe("Before");
});

test("a batch as long as they come makes the first event that it names old, too", async () => {
  const feed = await openFeed();
  const id = await showRenamed();
  const others = Array.from({ length: changesMax - 1 }, () => newId());
  const changes = [id, ...others].map((eventId) => ({ kind: "seats", eventId }) as const);
  await tell(feed.next(...changes));
  expect(await nameOf(id)).toBe("After");
});

test.each([
  ["another signature", { [edgeHeaders.signature]: "0".repeat(64) }],
  ["an unknown key", { [edgeHeaders.keyId]: "k9" }],
  ["another time", { [edgeHeaders.timestamp]: "1" }],
])("changes with %s are refused", async (_, forged) => {
  expect((await tell(seatsOf(newId()), forged)).status).toBe(403);
});

test("a signed body that is no list of changes is refused", async () => {
  expect((await tell({ changes: [] })).status).toBe(422);
});
