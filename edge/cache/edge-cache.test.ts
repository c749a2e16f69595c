import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import type { CachedAnswer } from "./cached-answer.ts";
import { EdgeCache } from "./edge-cache.ts";
import { MemoryStore } from "./memory-store.ts";
import type { SharedStore, StoredMark } from "./shared-store.ts";

afterEach(() => {
  vi.useRealTimers();
});

const key = "https://cache.internal/v1/ev/1/view";
const lifetimes = { freshMs: 1_000, refreshMs: 1_500, onErrorMs: 86_400_000 };

/** The value of an answer is its tag: a number that grows with each change. */
function answerOf(value: number, storedAtMs: number): CachedAnswer {
  const body = new Uint8Array([value]);
  const rest = {
    status: 200,
    contentType: "text/plain",
    encoding: "gzip",
    degraded: false,
  } as const;
  return { ...rest, etag: `W/"${value}"`, body, storedAtMs };
}

class MapStore implements SharedStore {
  readonly #answers = new Map<string, CachedAnswer>();
  /** Look-ups wait for it. */
  gate: Promise<void> = Promise.resolve();
  lookUps = 0;
  sets = 0;
  async mark(at: string): Promise<StoredMark | undefined> {
    return this.#answers.get(at);
  }
  async get(at: string): Promise<CachedAnswer | undefined> {
    const found = this.#answers.get(at);
    this.lookUps++;
    await this.gate;
    return found;
  }
  async set(at: string, answer: CachedAnswer): Promise<void> {
    this.#answers.set(at, answer);
    this.sets++;
  }
  async renew(at: string, mark: StoredMark): Promise<void> {
    const answer = this.#answers.get(at);
    if (answer) this.#answers.set(at, { ...answer, storedAtMs: mark.storedAtMs });
  }
}

/** A source whose answers are read at once and arrive when the test says so. */
function createWorld() {
  let now = 1_000_000;
  let value = 1;
  let isDead = false;
  const arriving: (() => void)[] = [];
  const shared = new MapStore();
  const isolate = () => new EdgeCache({ memory: new MemoryStore(1e6), shared, now: () => now });
  let loads = 0;
  const load = (): Promise<CachedAnswer> => {
    loads++;
    const answer = answerOf(value, now);
    const fails = isDead;
    return new Promise((resolve, reject) => {
      arriving.push(() => (fails ? reject(new Error("dead")) : resolve(answer)));
    });
  };
  const get = async (cache: EdgeCache, eager = false) => {
    const request = { key, lifetimes, patienceMs: 700, load, eager, waitUntil: () => {} };
    const result = await cache.get(request);
    return { ...result, value: result.answer.body[0] ?? 0 };
  };
  const arrive = async () => {
    for (const it of arriving.splice(0)) it();
    await settle();
  };
  return {
    isolate,
    shared,
    loads: () => loads,
    lookUps: () => shared.lookUps,
    get,
    arrive,
    /** Some isolate has asked, and shared it. */
    warm: async () => {
      const first = get(isolate());
      await settle();
      await arrive();
      await first;
    },
    change: () => ++value,
    die: () => (isDead = true),
    pass: (ms: number) => (now += ms),
    now: () => now,
    value: () => value,
  };
}

/** Lets everything that can happen without the source happen. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

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
