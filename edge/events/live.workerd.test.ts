import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { packStatuses } from "../../contracts/availability-bits.ts";
import type { TicketStatus } from "../../contracts/events.ts";
import { readEnv } from "../env.ts";
import { ask } from "../testing/ask-edge.ts";
import { newId, origin, showEvent } from "../testing/neighbours.ts";
import { seatsOf, tell } from "../testing/tell-edge.ts";

async function playSeats(id: string, ...statuses: TicketStatus[]): Promise<void> {
  await origin.plays({
    path: `/events/${id}/availability`,
    status: 200,
    headers: { etag: `W/"${statuses.join("-")}"` },
    body: JSON.stringify({
      version: 1,
      counts: { available: 0, held: 0, booked: 0, blocked: 0 },
      statuses: packStatuses(statuses),
    }),
  });
}

/** A viewer: what it was sent, in order. */
async function watch(id: string, query = "") {
  const response = await ask(`/events/${id}/live${query}`, { headers: { Upgrade: "websocket" } });
  const socket = response.webSocket;
  if (!socket) throw new Error(`no socket: ${response.status}`);
  const messages: unknown[] = [];
  let closed: number | undefined;
  socket.addEventListener("message", ({ data }) => messages.push(JSON.parse(String(data))));
  socket.addEventListener("close", ({ code }) => (closed = code));
  socket.accept();
  return {
    socket,
    messages,
    closed: () => closed,
    got: (count: number, timeout = 10_000) =>
      vi.waitFor(() => expect(messages.length).toBe(count), { timeout }),
  };
}

test("a hot event is asked of the origin by its object alone, which keeps it when it is evicted", async () => {
  const id = await showEvent();
  const object = readEnv(env).EVENT_VIEWS;
  const stub = object.get(object.idFromName(`event/${id}`)) as unknown as DurableObjectStub & {
    read(question: object, known: string | undefined): Promise<{ status: string }>;
  };
  const question = { eventId: id, part: "view", encoding: "gzip", requestId: "r" };
  const all = await Promise.all(Array.from({ length: 200 }, () => stub.read(question, undefined)));
  expect(new Set(all.map(({ status }) => status))).toEqual(new Set(["found"]));
  expect(await stub.read(question, 'W/"1-An-evening"')).toMatchObject({ status: "unchanged" });
  expect((await origin.received(`/events/${id}`)).length).toBeLessThanOrEqual(2);
  await evictDurableObject(stub);
  await origin.plays({ path: `/events/${id}`, fault: "refuse" });
  expect(await stub.read(question, undefined)).toMatchObject({ status: "found" });
});

test("a viewer gets all statuses first, then each change with the next number", async () => {
  const id = newId();
  await playSeats(id, "available", "available");
  const viewer = await watch(id);
  await viewer.got(1);
  expect(viewer.messages[0]).toEqual({
    seq: 1,
    log: expect.stringMatching(/^[0-9a-f]{8}$/),
    statuses: packStatuses(["available", "available"]),
  });
  await playSeats(id, "available", "held");
  await tell(seatsOf(id));
  await viewer.got(2);
  await playSeats(id, "booked", "available");
  await tell(seatsOf(id));
  await viewer.got(3);
  expect(viewer.messages.slice(1)).toEqual([
    { seq: 2, changes: [[1, 1]] },
    {
      seq: 3,
      changes: [
        [0, 2],
        [1, 0],
      ],
    },
  ]);
});

test("changes in quick succession are all told", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() }); // no time passes between them
  const id = newId();
  await playSeats(id, "available");
  const viewer = await watch(id);
  await viewer.got(1);
  for (const [turn, status] of (["held", "available", "held", "booked"] as const).entries()) {
    await playSeats(id, status);
    await tell(seatsOf(id));
    await viewer.got(turn + 2, 4_000); // sooner than the object would look by itself
  }
  vi.useRealTimers();
});

test("a viewer who comes back gets what it missed, and only that", async () => {
  const id = newId();
  await playSeats(id, "available");
  const first = await watch(id);
  await first.got(1);
  const { log } = first.messages[0] as { log: string };
  first.socket.close(1000);
  const other = await watch(id);
  await other.got(1);
  for (const [turn, status] of (["held", "booked"] as const).entries()) {
    await playSeats(id, status);
    await tell(seatsOf(id));
    await other.got(turn + 2);
  }
  const back = await watch(id, `?after=1&log=${log}`);
  await back.got(2);
  expect(back.messages).toEqual([
    { seq: 2, changes: [[0, 1]] },
    { seq: 3, changes: [[0, 2]] },
  ]);
  const upToDate = await watch(id, `?after=3&log=${log}`);
  await upToDate.got(1);
  expect(upToDate.messages).toEqual([{ seq: 3, changes: [] }]);
});

test.each([
  ["ahead of all there was", (log: string) => `?after=99&log=${log}`],
  ["of another log", () => "?after=1&log=00000000"],
  ["that names no log", () => "?after=1"],
])("a viewer %s gets everything", async (_, query) => {
  const id = newId();
  await playSeats(id, "held");
  const first = await watch(id);
  await first.got(1);
  const { log } = first.messages[0] as { log: string };
  const back = await watch(id, query(log));
  await back.got(1);
  expect(back.messages).toEqual(first.messages);
});

test("numbers go on after both objects were evicted, and sockets survive it", async () => {
  const id = newId();
  await playSeats(id, "available");
  const viewer = await watch(id);
  await viewer.got(1);
  const { EVENT_VIEWS, SEAT_VIEWERS } = readEnv(env);
  await evictDurableObject(SEAT_VIEWERS.get(SEAT_VIEWERS.idFromName(`event/${id}/0`)));
  await evictDurableObject(EVENT_VIEWS.get(EVENT_VIEWS.idFromName(`event/${id}`)));
  await playSeats(id, "blocked");
  await tell(seatsOf(id));
  await viewer.got(2);
  expect(viewer.messages[1]).toEqual({ seq: 2, changes: [[0, 3]] });
});

test("a viewer has nothing to say", async () => {
  const id = newId();
  await playSeats(id, "available");
  const viewer = await watch(id);
  await viewer.got(1);
  viewer.socket.send("hello");
  await vi.waitFor(() => expect(viewer.closed()).toBe(1008));
});

test("seats behind a waiting room are not watched without a pass, and an absent event is a 404", async () => {
  const upgrade = { headers: { Upgrade: "websocket" } };
  const id = newId();
  const refusal = {
    type: "/problems/admission-required",
    title: "t",
    status: 403,
    detail: "d",
    code: "admission-required",
    requestId: "r",
    queue: `/events/${id}/queue`,
  };
  await origin.plays({ path: `/events/${id}`, status: 403, body: JSON.stringify(refusal) });
  expect((await ask(`/events/${id}/live`, upgrade)).status).toBe(403);
  expect((await ask(`/events/${newId()}/live`, upgrade)).status).toBe(404);
  expect((await ask(`/events/${await showEvent()}/live`)).status).toBe(422);
});
