import { afterEach, expect, test, vi } from "vitest";
import { plainBody } from "./cached-answer.ts";
import { createWorld, key, settle } from "./testing.ts";

afterEach(() => {
  vi.useRealTimers();
});

test("an eager request asks the source alone, and is shared when somebody asks again", async () => {
  const world = createWorld();
  const [one, other] = [world.isolate(), world.isolate()];
  const first = world.get(one, true);
  await settle();
  await world.arrive();
  expect(await first).toMatchObject({ value: 1, from: "source" });
  expect(await world.shared.get(key)).toBeUndefined();
  expect(await world.get(one, true)).toMatchObject({ value: 1, from: "memory" });
  expect(await world.shared.get(key)).toMatchObject({ etag: 'W/"1"' });
  await world.get(one, true);
  expect(world.shared.sets).toBe(1);
  const elsewhere = world.get(other, true);
  await settle();
  expect(world.lookUps()).toBe(2); // the test's own
  await world.arrive();
  expect(await elsewhere).toMatchObject({ from: "source" });
});

test("an eager request whose source is silent looks into the shared cache, and takes what comes first", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const world = createWorld();
  await world.warm();
  const fromShared = world.get(world.isolate(), true);
  await vi.advanceTimersByTimeAsync(99);
  expect(world.lookUps()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(await fromShared).toMatchObject({ value: 1, from: "shared" });
  const opening = Promise.withResolvers<void>();
  world.shared.gate = opening.promise;
  const fromSource = world.get(world.isolate(), true);
  await vi.advanceTimersByTimeAsync(100);
  await world.arrive(); // the look-up has not come back yet
  expect(await fromSource).toMatchObject({ value: 1, from: "source" });
});

test("few look into the shared cache while the source is only slow, and everybody when it fails after all", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const world = createWorld();
  world.shared.gate = new Promise(() => {});
  const cache = world.isolate();
  const keys = Array.from({ length: 20 }, (_, n) => `${key}/${n}`);
  const all = keys.map((each) =>
    world.get(cache, true, each).catch((error: Error) => error.message),
  );
  await vi.advanceTimersByTimeAsync(100);
  expect(world.lookUps()).toBe(4);
  await world.arrive();
  expect(new Set((await Promise.all(all)).map((it) => typeof it === "string" || it.from))).toEqual(
    new Set(["source"]),
  );
  world.die();
  world.pass(3_600_000);
  const others = keys.map((each) => void world.get(world.isolate(), true, each).catch(() => {}));
  await vi.advanceTimersByTimeAsync(100);
  await world.arrive();
  expect(world.lookUps()).toBe(4 + others.length);
});

test("an eager request whose source fails is given the stale copy of the shared cache", async () => {
  const world = createWorld();
  await world.warm();
  world.die();
  world.pass(60_000);
  const second = world.get(world.isolate(), true);
  await settle();
  await world.arrive();
  expect(await second).toMatchObject({ value: 1, from: "stale" });
  expect(world.loads()).toBe(2);
});

test("an eager request without any copy fails as its source does, and asks it once", async () => {
  const world = createWorld();
  world.die();
  const only = world.get(world.isolate(), true).catch((error: Error) => error.message);
  await settle();
  await world.arrive();
  expect(await only).toBe("dead");
  expect(world.loads()).toBe(1);
});

test("an answer that comes plain is given so, and packed and shared behind the back of who asks again", async () => {
  const { world, cache, answer } = await answeredPlainly();
  expect(answer).toMatchObject({ encoding: "identity", body: new Uint8Array([1]) });
  await vi.advanceTimersByTimeAsync(1);
  const again = await world.get(cache, true);
  expect(again).toMatchObject({ from: "memory", answer });
  expect(world.shared.sets).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  await settle();
  const packed = await world.get(cache, true);
  expect(packed).toMatchObject({ from: "memory", answer: { encoding: "gzip", etag: answer.etag } });
  expect(await plainBody(packed.answer)).toEqual(answer.body);
  expect(await world.shared.get(key)).toMatchObject({ encoding: "gzip", etag: answer.etag });
});

test("who asks before an answer is packed does not have it packed and shared once more", async () => {
  const { world, cache } = await answeredPlainly();
  for (let turn = 0; turn < 3; turn++) {
    expect(await world.get(cache, true)).toMatchObject({ answer: { encoding: "identity" } });
  }
  await vi.advanceTimersByTimeAsync(1);
  await settle();
  await world.get(cache, true);
  expect(world.shared.sets).toBe(1);
});

/** Somebody has just been answered by a source that does not pack; time stands still. */
async function answeredPlainly() {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const world = createWorld();
  world.answerPlainly();
  const cache = world.isolate();
  const first = world.get(cache, true);
  await settle();
  await world.arrive();
  const { answer } = await first;
  return { world, cache, answer };
}
