import { randomInt, randomUUID } from "node:crypto";
import { expect, inject, test } from "vitest";
import { DomainError } from "../errors.ts";
import { openRedis } from "../deps.ts";
import type { PlaceLocks } from "./ticket-locks.ts";
import { createTicketLocks } from "./upstash-locks.ts";

const redis = openRedis(inject("upstashUrl"), inject("upstashToken"));
const locks = createTicketLocks(redis, { holdMs: 60_000, holdMsMax: 240_000 });
/** Its locks are over as soon as they are taken, but for the grace of a second. */
const brief = createTicketLocks(redis, { holdMs: -999, holdMsMax: 240_000 });

test("all tickets of a group are locked, or none", async () => {
  const eventId = newEvent();
  expect(await locks.place(request({ eventId, tickets: ["1", "2"] }))).toEqual({
    status: "locked",
    ticketIds: ["1", "2"],
  });
  expect(await locks.place(request({ eventId, tickets: ["3", "2", "1"] }))).toEqual({
    status: "taken",
    keyUse: "no",
    ticketIds: ["2", "1"],
  });
  expect(await held(eventId)).toEqual(["1", "2"]);
});

test("the first group that is entirely free is locked", async () => {
  const eventId = newEvent();
  await locks.place(request({ eventId, tickets: ["2"] }));
  const groups = [{ ticketIds: ["1", "2"] }, { ticketIds: ["3", "4"] }, { ticketIds: ["5", "6"] }];
  expect(await locks.place({ ...request({ eventId }), groups })).toEqual({
    status: "locked",
    ticketIds: ["3", "4"],
  });
});

test.each([
  {
    left: [undefined, undefined],
    right: [undefined, undefined],
    is: "locked",
    why: "no neighbours",
  },
  {
    left: [undefined, "free"],
    right: [undefined, undefined],
    is: "taken",
    why: "one seat to the aisle",
  },
  {
    left: ["taken", "free"],
    right: [undefined, undefined],
    is: "taken",
    why: "one seat to a taken one",
  },
  { left: ["free2", "free"], right: ["free3", "free4"], is: "locked", why: "two on each side" },
  {
    left: ["free", "taken"],
    right: [undefined, undefined],
    is: "locked",
    why: "a taken neighbour",
  },
  {
    left: [undefined, undefined],
    right: ["free", "taken"],
    is: "taken",
    why: "one seat on the right",
  },
] as const)(
  "with $why a group that must leave no single seat is $is",
  async ({ left, right, is }) => {
    const eventId = newEvent();
    await locks.place(request({ eventId, tickets: ["taken"] }));
    const groups = [{ ticketIds: ["1", "2"], left, right }];
    const placed = await locks.place({ ...request({ eventId }), groups, keepsPairs: true });
    expect(placed.status).toBe(is);
    expect(await locks.place({ ...request({ eventId }), groups, keepsPairs: false })).toMatchObject(
      {
        status: is === "locked" ? "taken" : "locked",
      },
    );
  },
);

test("the same booking is told what it has, and gets nothing more", async () => {
  const eventId = newEvent();
  const first = request({ eventId, tickets: ["1", "2"] });
  await locks.place(first);
  const again = await locks.place({ ...first, groups: [{ ticketIds: ["7", "8"] }] });
  expect(again.status).toBe("own");
  expect(again).toMatchObject({ ticketIds: expect.arrayContaining(["1", "2"]) });
  expect(await held(eventId)).toEqual(["1", "2"]);
});

test("a user's locks are counted over all bookings of the event, until they are released", async () => {
  const [eventId, userId] = [newEvent(), randomUUID()];
  const first = request({ eventId, userId, tickets: ["1", "2"], limit: 3 });
  await locks.place(first);
  const second = request({ eventId, userId, tickets: ["3", "4"], limit: 3 });
  expect(await locks.place(second)).toEqual({
    status: "limit-exceeded",
    has: 2,
    keyUse: "no",
  });
  expect(await locks.place({ ...second, eventId: newEvent() })).toMatchObject({ status: "locked" });
  await locks.release(first);
  expect(await locks.place(second)).toMatchObject({ status: "locked" });
});

test("a lock that is over is free for others, and its late owner cannot release theirs", async () => {
  const [eventId, userId] = [newEvent(), randomUUID()];
  const late = request({ eventId, userId, tickets: ["1", "2"], limit: 2 });
  await brief.place(late);
  await expect.poll(() => held(eventId), { interval: 2 }).toEqual([]);
  const next = request({ eventId, tickets: ["2"] });
  expect(await locks.place(next)).toMatchObject({ status: "locked" });
  await locks.release(late);
  await locks.release(late, ["1", "2"]);
  expect(await held(eventId)).toEqual(["2"]);
  const more = request({ eventId, userId, tickets: ["3", "4"], limit: 2 });
  expect(await locks.place(more)).toMatchObject({ status: "locked" });
});

test("keeping locks lengthens them, takes lost ones again, and leaves those of others alone", async () => {
  const [eventId, userId, bookingId] = [newEvent(), randomUUID(), randomUUID()];
  await locks.place({ ...request({ eventId, userId, tickets: ["1"] }), bookingId });
  const other = request({ eventId, tickets: ["2"] });
  await locks.place(other);
  const before = await expiry(eventId, "1");
  const kept = ["1", "2", "3"].map((ticketId) => ({ ticketId, bookingId, lastsMs: 120_000 }));
  await locks.keep(eventId, kept, userId);
  expect(await expiry(eventId, "1")).toBeGreaterThan(before + 50_000);
  expect(await held(eventId)).toEqual(["1", "2", "3"]);
  await locks.release({ eventId, userId, bookingId });
  expect(await held(eventId)).toEqual(["2"]);
});

test("keeping a lock for a shorter time does not shorten it", async () => {
  const [eventId, bookingId] = [newEvent(), randomUUID()];
  await locks.place({ ...request({ eventId, tickets: ["1"] }), bookingId });
  const before = await expiry(eventId, "1");
  await locks.keep(eventId, [{ ticketId: "1", bookingId, lastsMs: 5 }]);
  expect(await expiry(eventId, "1")).toBe(before);
});

test("the registry of an event ends by itself, with the last hold that can be in it", async () => {
  const eventId = newEvent();
  const placed = request({ eventId, tickets: ["1"] });
  await locks.place(placed);
  for (const key of ["locks", "owners", `user:${placed.userId}`]) {
    const lifeMs = await redis.pttl(`{${eventId}}:${key}`);
    expect(lifeMs).toBeGreaterThan(240_000);
    expect(lifeMs).toBeLessThanOrEqual(300_000);
  }
});

test("the scripts are known again after Redis forgot them", async () => {
  await redis.scriptFlush();
  const eventId = newEvent();
  expect(await locks.place(request({ eventId, tickets: ["1"] }))).toMatchObject({
    status: "locked",
  });
});

test("without Redis every call says so, and not whose locks it was about", async () => {
  const cut = createTicketLocks(openRedis("http://127.0.0.1:9", "x"), {
    holdMs: 1,
    holdMsMax: 1,
  });
  const error = await cut
    .place(request({ eventId: newEvent(), userId: "secret-user" }))
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DomainError);
  expect(error).toMatchObject({ code: "service-unavailable", retryAfterSeconds: 2 });
  const { cause, message, stack } = error as DomainError;
  expect(`${message} ${stack} ${String(cause)}`).not.toContain("secret-user");
});

function newEvent(): string {
  return String(randomInt(1e14, 2e14));
}

function request(
  fields: Partial<PlaceLocks> & { readonly tickets?: readonly string[] } = {},
): PlaceLocks {
  const { tickets = ["1"], ...rest } = fields;
  return {
    eventId: newEvent(),
    userId: randomUUID(),
    bookingId: randomUUID(),
    groups: [{ ticketIds: tickets }],
    keepsPairs: false,
    limit: 8,
    ...rest,
  };
}

async function held(eventId: string): Promise<string[]> {
  return (await locks.readHeldTickets(eventId)).sort();
}

async function expiry(eventId: string, ticketId: string): Promise<number> {
  return Number(await redis.zscore(`{${eventId}}:locks`, ticketId));
}
