import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { createWorld, key, lifetimes, settle } from "./testing.ts";

afterEach(() => {
  vi.useRealTimers();
});

test("what was being loaded when it changed is not served once it arrives", async () => {
  const world = createWorld();
  const cache = world.isolate();
  const early = world.get(cache);
  await settle();
  world.pass(10);
  world.change();
  cache.expire(key);
  await world.arrive();
  expect((await early).value).toBe(1); // it had asked before the change
  world.pass(10);
  const late = world.get(cache);
  await settle();
  await world.arrive();
  expect((await late).value).toBe(2);
});

test("after a change nobody joins the load that was under way", async () => {
  const world = createWorld();
  const cache = world.isolate();
  const early = world.get(cache);
  await settle();
  world.pass(10);
  world.change();
  cache.expire(key);
  const late = world.get(cache);
  await settle();
  await world.arrive();
  expect([(await early).value, (await late).value]).toEqual([1, 2]);
});

test("who looked into the shared cache while a load came back does not load again", async () => {
  const world = createWorld();
  const cache = world.isolate();
  const first = world.get(cache);
  await settle(); // it has found nothing, and asks the source
  const opening = Promise.withResolvers<void>();
  world.shared.gate = opening.promise;
  const second = world.get(cache);
  await settle(); // it finds nothing either, but does not know yet
  await world.arrive();
  opening.resolve();
  await settle();
  await world.arrive();
  expect([(await first).value, (await second).value]).toEqual([1, 1]);
  expect(world.loads()).toBe(1);
});

test("a shared cache that breaks is not noticed, whether the source answers or not", async () => {
  const world = createWorld();
  const cache = world.isolate();
  const get = async (eager: boolean, at?: string, of = cache) => {
    const got = world.get(of, eager, at).catch((error: Error) => error.message);
    await settle();
    await world.arrive();
    return got;
  };
  world.shared.isBroken = true;
  expect(await get(false)).toMatchObject({ value: 1, from: "source" });
  world.pass(60_000);
  world.change();
  expect(await get(false)).toMatchObject({ value: 2, from: "source" });
  world.die();
  world.pass(60_000);
  expect(await get(false)).toMatchObject({ value: 2, from: "stale" });
  for (const eager of [true, false]) {
    expect(await get(eager, `${key}/unknown`, world.isolate())).toBe("dead");
  }
});

test("a changed copy is still there for when the source is dead", async () => {
  const world = createWorld();
  const cache = world.isolate();
  const first = world.get(cache);
  await settle();
  await world.arrive();
  await first;
  cache.expire(key);
  world.die();
  world.pass(10);
  const second = world.get(cache);
  await settle();
  await world.arrive();
  expect(await second).toMatchObject({ value: 1, from: "stale" });
});

const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        step: fc.constant("get" as const),
        isolate: fc.nat(1),
        eager: fc.boolean(),
      }),
    },
    { weight: 3, arbitrary: fc.record({ step: fc.constant("arrive" as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({ step: fc.constant("change" as const), isolate: fc.nat(1) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        step: fc.constant("pass" as const),
        ms: fc.integer({ min: 1, max: 900 }),
      }),
    },
  ),
  { minLength: 5, maxLength: 60 },
);

test("in any order of reads, changes and refills an old value is served no longer than its lifetime", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (order) => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      const world = createWorld();
      const isolates = [world.isolate(), world.isolate()];
      /** When each value was replaced; and in which isolate that was told. */
      const replaced = new Map<number, { at: number; told: number }>();
      const reads: Promise<void>[] = [];
      const read = async (index: number, eager: boolean) => {
        const cache = isolates[index];
        if (!cache) return;
        const askedAt = world.now();
        const { value, from } = await world.get(cache, eager);
        const end = replaced.get(value);
        if (!end || from === "stale") return; // a source that is too slow is as good as dead
        const oldForMs = askedAt - end.at;
        expect(oldForMs).toBeLessThan(end.told === index ? 1 : lifetimes.refreshMs);
      };
      for (const it of order) {
        if (it.step === "get") reads.push(read(it.isolate, it.eager));
        if (it.step === "arrive") await world.arrive();
        if (it.step === "pass") {
          world.pass(it.ms);
          await vi.advanceTimersByTimeAsync(it.ms);
        }
        if (it.step === "change") {
          replaced.set(world.value(), { at: world.now(), told: it.isolate });
          world.change();
          isolates[it.isolate]?.expire(key);
        }
        await settle();
      }
      for (let turn = 0; turn < 5; turn++) await world.arrive();
      await Promise.all(reads);
    }),
    { numRuns: 300 },
  );
});
