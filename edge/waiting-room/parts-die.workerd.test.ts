import { abortAllDurableObjects } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RoomRegistry } from "./registry.ts";
import { createRooms } from "./rooms.ts";
import { StatusCopies } from "./status-copies.ts";
import {
  breakCoordinator,
  env,
  holdClock,
  kill,
  openRoom,
  type RealRoom,
} from "./testing/real-room.ts";

const maxActive = 12;
const early = names("early", 40);
const late = names("late", 24);

beforeEach(holdClock);
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test.each<[string, (room: RealRoom) => Promise<void>]>([
  ["the coordinator is killed", async (room) => await kill(room.coordinator)],
  ["a shard is killed", async (room) => await kill(room.shard("early-0"))],
  ["all objects end at once, as with a deploy", async () => await abortAllDurableObjects()],
])(
  "in mid-sale %s: places and passes are kept, no number is given twice, admission goes on",
  async (_case, die) => {
    const room = await openRoom({ maxActive });
    const places = new Map<string, number>();
    for (const user of early) places.set(user, await room.join(user));
    await room.open();
    await room.steps(10);
    const passes = new Map<string, unknown>();
    const claim = async (user: string) => {
      const answer = await room.claim(user, places.get(user) ?? -1);
      if (answer.status === "admitted") passes.set(user, answer);
    };
    await Promise.all(early.slice(0, 8).map(claim));
    expect(passes.size).toBeGreaterThan(0);

    // Joins and claims are under way when it happens. What was answered must stand; the rest may fail.
    const underWay = Promise.allSettled([
      ...late.map(async (user) => void places.set(user, await room.join(user))),
      ...early.slice(8, 24).map(claim),
    ]);
    await die(room);
    await underWay;

    const known = new Map(places);
    for (const user of [...early, ...late]) places.set(user, await room.join(user));
    for (const [user, number] of known) expect(places.get(user)).toBe(number);
    expect(new Set(places.values()).size).toBe(early.length + late.length);
    for (const [user, pass] of passes) {
      expect(await room.claim(user, places.get(user) ?? -1)).toEqual(pass);
    }

    // Those who are inside make room for others.
    const leavers = [...passes.keys()];
    for (const user of leavers) await room.leave(user);
    const before = await room.settled();
    expect(before.active).toBe(0);
    await room.steps(30);
    await Promise.all([...early, ...late].filter((it) => !leavers.includes(it)).map(claim));
    expect((await room.status()).serving).toBeGreaterThan(before.status.serving);
    const inside = passes.size - leavers.length;
    expect(inside).toBeGreaterThan(0);
    expect(inside).toBeLessThanOrEqual(maxActive);
    expect((await room.settled()).active).toBe(inside);
  },
  60_000,
);

test("a silent coordinator lets nobody new in, however long it lasts, and no pass is lost", async () => {
  const room = await openRoom({ maxActive });
  const [a, b] = [await room.join("a"), await room.join("b")];
  await room.open();
  await room.steps(30);
  const pass = await room.claim("a", a);
  expect(pass.status).toBe("admitted");
  const heal = breakCoordinator();
  for (let minutes = 0; minutes < 3; minutes++) {
    expect(await room.claim("a", a)).toEqual(pass);
    expect(await room.claim("b", b)).toEqual({ status: "unavailable" });
    vi.setSystemTime(Date.now() + 60_000);
  }
  heal();
  vi.setSystemTime(Date.now() + 2000);
  expect((await room.claim("b", b)).status).toBe("admitted");
}, 60_000);

test("polls of a room that is known here cost the registry nothing, even while it is dead", async () => {
  const room = await openRoom();
  const poll = poller(room.event);
  expect(await poll()).toMatchObject({ from: "shard" });
  const registry = vi
    .spyOn(RoomRegistry.prototype, "list")
    .mockRejectedValue(new Error("injected"));
  const froms: string[] = [];
  for (let second = 0; second < 30; second++) {
    vi.setSystemTime(Date.now() + 1000);
    for (let i = 0; i < 20; i++) froms.push((await poll()).from);
  }
  expect(registry).not.toHaveBeenCalled();
  const calls = froms.filter((it) => it !== "copy");
  expect(calls.length).toBeGreaterThan(0);
  expect(calls.length).toBeLessThan(10);
  expect(froms).not.toContain("nowhere");
}, 60_000);

test("a room that is started over, or closed, is noticed by those who poll it", async () => {
  const room = await openRoom();
  const poll = poller(room.event);
  const until = async (isSo: (found: Awaited<ReturnType<typeof poll>>) => boolean) => {
    while (!isSo(await poll())) {
      vi.setSystemTime(Date.now() + 3000);
      await new Promise((resolve) => setTimeout(resolve, 50)); // marks in the cache go by the real clock
    }
  };
  await until((found) => found.from !== "nowhere" && found.copy.room.generation === 1);
  await room.coordinator.configure({ ...room.settings, generation: 2 });
  await until((found) => found.from !== "nowhere" && found.copy.room.generation === 2);
  await room.govern({ kind: "close" });
  await until((found) => found.from === "nowhere" && found.because === "no-room");
}, 60_000);

/** Polls as one isolate does, and waits for what it does behind the poll's back. */
function poller(event: string) {
  const now = () => Date.now();
  const copies = new StatusCopies(env, createRooms(env, now), now, () => 0);
  return async () => {
    const work: Promise<unknown>[] = [];
    const found = await copies.get(event, (it) => void work.push(it));
    await Promise.all(work);
    return found;
  };
}

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
}
