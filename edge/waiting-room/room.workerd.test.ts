import { evictDurableObject, runDurableObjectAlarm as ringAlarm } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLottery } from "./core/lottery.ts";
import { registryOf } from "./stub.ts";
import { breakCoordinator, env, holdClock, openRoom, opensAt } from "./testing/real-room.ts";

beforeEach(holdClock);
afterEach(() => {
  vi.useRealTimers();
});

test("a retried join returns the same number, and no two people share one", async () => {
  const room = await openRoom();
  const users = Array.from({ length: 60 }, (_, i) => `user-${i}`);
  const numbers = await Promise.all(users.map(room.join));
  const again = await Promise.all(users.map(room.join));
  expect(new Set(numbers).size).toBe(users.length);
  expect(again).toEqual(numbers);
});

test("a thousand joins by one account give one place", async () => {
  const room = await openRoom();
  const numbers = await Promise.all(Array.from({ length: 1000 }, () => room.join("alice")));
  expect(new Set(numbers).size).toBe(1);
  expect((await room.settled()).joins).toBe(1);
});

test("numbers stay unique, and places are kept, when objects are evicted between any two joins", async () => {
  const room = await openRoom();
  const numbers = new Map<string, number>();
  for (let i = 0; i < 24; i++) {
    numbers.set(`user-${i}`, await room.join(`user-${i}`));
    if (i % 3 === 0) await evictDurableObject(room.shard(`user-${i}`));
    if (i % 5 === 0) await evictDurableObject(room.coordinator);
  }
  expect(new Set(numbers.values()).size).toBe(24);
  for (const [user, number] of numbers) expect(await room.join(user)).toBe(number);
});

test("the opening draws early joiners by lot and lets later ones follow in order", async () => {
  const room = await openRoom();
  const early = await Promise.all(Array.from({ length: 20 }, (_, i) => room.join(`early-${i}`)));
  await room.open();
  const status = await room.status();
  expect(status).toMatchObject({ phase: "open" });
  const size = status.lotterySize ?? 0;
  const lottery = createLottery(status.seed ?? "", size);
  expect(new Set(early.map(lottery)).size).toBe(20);
  const late = [];
  for (let i = 0; i < 6; i++) late.push(await room.join(`late-${i}`));
  expect(late.every((number) => number >= size)).toBe(true);
  expect(late).toEqual(late.toSorted((a, b) => a - b));
});

test("the secret is hidden until the opening, and then explains the commitment and the seed", async () => {
  const room = await openRoom();
  await room.join("alice");
  const before = await room.status();
  expect(before.secret).toBeUndefined();
  expect(before.seed).toBeUndefined();
  await room.open();
  const after = await room.status();
  expect(after.commitment).toBe(before.commitment);
  const secret = Uint8Array.from(after.secret?.match(/../g) ?? [], (it) => Number.parseInt(it, 16));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", secret));
  expect(Array.from(hash, (it) => it.toString(16).padStart(2, "0")).join("")).toBe(
    before.commitment,
  );
});

test("nobody claims before being served; then each number gets one pass, the same one again", async () => {
  const room = await openRoom();
  const number = await room.join("alice");
  expect(await room.claim("alice", number)).toMatchObject({ status: "not-served" });
  await room.open();
  await room.steps(30);
  const [first, second] = await Promise.all([
    room.claim("alice", number),
    room.claim("alice", number),
  ]);
  expect(first).toMatchObject({ status: "admitted", number });
  expect(second).toEqual(first);
  expect((await room.settled()).active).toBe(1);
});

test("active stays within the bound, and a slot that is left goes to the next person", async () => {
  const room = await openRoom({ maxActive: 3 });
  const users = Array.from({ length: 12 }, (_, i) => `user-${i}`);
  const numbers = await Promise.all(users.map(room.join));
  await room.open();
  await room.steps(100);
  const claims = () => Promise.all(users.map((user, i) => room.claim(user, numbers[i] ?? -1)));
  const inside = (await claims()).flatMap((it, i) => (it.status === "admitted" ? [i] : []));
  expect(inside).toHaveLength(3);
  expect((await room.settled()).active).toBe(3);
  const leaver = inside[0] ?? 0;
  await room.leave(users[leaver] ?? "");
  await room.steps(5);
  const now = (await claims()).flatMap((it, i) => (it.status === "admitted" ? [i] : []));
  expect(now).toHaveLength(3);
  expect(now).not.toContain(leaver);
});

test("a pass that runs out frees its slot without anybody asking", async () => {
  const room = await openRoom();
  const number = await room.join("alice");
  await room.open();
  await room.steps(30);
  expect(await room.claim("alice", number)).toMatchObject({ status: "admitted" });
  vi.setSystemTime(Date.now() + 601_000);
  await ringAlarm(room.shard("alice"));
  expect((await room.settled()).active).toBe(0);
  expect(await room.claim("alice", number)).toEqual({ status: "expired" });
});

test("passes, serving and the draw survive the eviction of everything in mid-sale", async () => {
  const room = await openRoom();
  const numbers = await Promise.all(["a", "b", "c"].map(room.join));
  await room.open();
  await room.steps(60);
  const pass = await room.claim("a", numbers[0] ?? -1);
  const before = await room.status();
  await evictDurableObject(room.coordinator);
  for (const user of ["a", "b", "c"]) await evictDurableObject(room.shard(user));
  await room.steps(2);
  const after = await room.status();
  expect(after.seed).toBe(before.seed);
  expect(after.serving).toBeGreaterThanOrEqual(before.serving);
  expect(await room.claim("a", numbers[0] ?? -1)).toEqual(pass);
  expect(await room.claim("b", numbers[1] ?? -1)).toMatchObject({ status: "admitted" });
  expect((await room.settled()).active).toBe(2);
});

test("a coordinator that does not answer keeps places and pauses admission", async () => {
  const room = await openRoom();
  const numbers = await Promise.all(["a", "b"].map(room.join));
  await room.open();
  await room.steps(30);
  const pass = await room.claim("a", numbers[0] ?? -1);
  const heal = breakCoordinator();
  expect(await room.join("a")).toBe(numbers[0]);
  expect(await room.claim("a", numbers[0] ?? -1)).toEqual(pass);
  expect(await room.claim("b", numbers[1] ?? -1)).toEqual({ status: "unavailable" });
  heal();
  vi.setSystemTime(Date.now() + 2000);
  expect(await room.claim("b", numbers[1] ?? -1)).toMatchObject({ status: "admitted" });
});

test("a reset voids every place: the old shards answer that their room is gone", async () => {
  const room = await openRoom();
  const number = await room.join("alice");
  await room.govern({ kind: "reset", opensAt: opensAt + 60_000 });
  vi.setSystemTime(Date.now() + 3000);
  const answer = await room.shard("alice").claim(room.identity("alice"), "alice", number);
  expect(answer).toEqual({ status: "no-room" });
  const registered = await registryOf(env).list();
  expect(registered.find((it) => it.event === room.event)?.generation).toBe(2);
});

test("pause stops admission, resume goes on, and what makes no sense is refused with a reason", async () => {
  const room = await openRoom();
  expect(await room.govern({ kind: "pause" })).toMatchObject({ status: "refused" });
  await Promise.all(Array.from({ length: 40 }, (_, i) => room.join(`user-${i}`)));
  await room.open();
  await room.govern({ kind: "pause" });
  const { serving } = await room.status();
  await room.steps(20);
  expect(await room.status()).toMatchObject({ phase: "paused", serving });
  await room.govern({ kind: "resume" });
  await room.steps(20);
  expect((await room.status()).serving).toBeGreaterThan(serving);
});

test("selling out is told to everybody, and admission follows returned seats", async () => {
  const room = await openRoom();
  await Promise.all(Array.from({ length: 20 }, (_, i) => room.join(`user-${i}`)));
  await room.open();
  await room.stock(0);
  await room.steps(2);
  expect(await room.status()).toMatchObject({ phase: "sold-out", seatsLeft: 0 });
  const { serving } = await room.status();
  await room.stock(4);
  await room.steps(3);
  expect(await room.status()).toMatchObject({ phase: "open", seatsLeft: 4 });
  expect((await room.status()).serving).toBeGreaterThan(serving);
});
