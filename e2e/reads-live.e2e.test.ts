import { afterAll, beforeAll, expect, test } from "vitest";
import type { Booking } from "../contracts/bookings.ts";
import type { SearchResult } from "../contracts/search.ts";
import { followSeats } from "../web/map/live.ts";
import { type Api, eventually, openApi } from "./api.ts";
import { type Relay, startRelay } from "./reads-relay.ts";
import { startWholeStack, type WholeStack } from "./whole-stack.ts";

/** The browser's own code at the end of a line that breaks. */
let stack: WholeStack;
let relay: Relay;
let api: Api;
let eventId: string;

beforeAll(async () => {
  stack = await startWholeStack({ seed: "full" });
  relay = await startRelay(stack.edgeUrl);
  api = openApi(stack.edgeUrl);
  eventId = await eventually(
    "an event that is on sale",
    async () => {
      const path = "/events/search?available=true&pageSize=50";
      const { status, body } = await api<SearchResult>("GET", path);
      if (status !== 200) return undefined;
      return body.events.find((it) => Date.parse(it.onSaleAt) < Date.now())?.id;
    },
    60_000,
  );
});

afterAll(async () => {
  await relay?.stop();
  await stack?.stop();
});

async function hold(user: string): Promise<void> {
  const token = await stack.token(user);
  const body = { bestAvailable: { quantity: 1 } };
  const answer = await api<Booking>("POST", `/bookings/${eventId}`, { token, body });
  expect(answer.status).toBe(201);
}

test("a viewer that is cut off for a moment gets what it missed, without a full reload", async () => {
  const urls = {
    live: `/events/${eventId}/live`,
    availability: `/events/${eventId}/availability`,
  };
  let loads = 0;
  const held = new Set<number>();
  const stop = followSeats(
    urls,
    {
      load: () => loads++,
      apply: (changes) => {
        for (const [index, status] of changes) if (status === 1) held.add(index);
      },
    },
    relay.url,
  );
  const seen = (count: number) =>
    eventually(`${count} held seats are seen`, async () => (held.size >= count ? true : undefined));
  await eventually("the first snapshot", async () => (loads > 0 ? true : undefined));
  await hold("before");
  await seen(1);
  relay.cut();
  await hold("meanwhile"); // half a second at least passes before it is back
  await seen(2);
  await hold("after");
  await seen(3);
  expect(loads).toBe(1);
  stop();
});
