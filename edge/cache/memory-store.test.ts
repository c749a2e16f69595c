import fc from "fast-check";
import { expect, test } from "vitest";
import type { CachedAnswer } from "./cached-answer.ts";
import { MemoryStore } from "./memory-store.ts";

const bytesMax = 100_000;

function answerOf(bytes: number): CachedAnswer {
  return {
    status: 200,
    contentType: "text/plain",
    etag: 'W/"1"',
    body: new Uint8Array(bytes),
    encoding: "gzip",
    degraded: false,
    storedAtMs: 0,
  };
}

test("whatever is stored, in whatever order, memory stays within its bound", () => {
  const stores = fc.array(fc.tuple(fc.string({ maxLength: 200 }), fc.nat(60_000)), {
    maxLength: 200,
  });
  fc.assert(
    fc.property(stores, (entries) => {
      const store = new MemoryStore(bytesMax);
      for (const [key, bytes] of entries) {
        store.set(key, answerOf(bytes));
        expect(store.bytes).toBeLessThanOrEqual(bytesMax);
      }
    }),
    { numRuns: 100 },
  );
});

test("a flood of invented keys does not push out what is asked for", () => {
  const store = new MemoryStore(bytesMax);
  store.set("hot", answerOf(1_000));
  for (let turn = 0; turn < 10_000; turn++) {
    store.set(`invented-${turn}`, answerOf(100));
    if (turn % 50 === 0) store.get("hot");
  }
  expect(store.get("hot")).toBeDefined();
  expect(store.get("invented-0")).toBeUndefined();
});

test("an answer that alone would take a quarter of all memory is not kept", () => {
  const store = new MemoryStore(bytesMax);
  store.set("small", answerOf(1_000));
  store.set("huge", answerOf(bytesMax / 4));
  expect([store.get("huge"), store.get("small") !== undefined]).toEqual([undefined, true]);
});

test("an entry may be replaced by a smaller one as long as it is there", () => {
  const store = new MemoryStore(bytesMax);
  const [large, small] = [answerOf(20_000), answerOf(1_000)];
  store.set("one", large);
  const before = store.bytes;
  expect(store.replace("one", large, small)).toBe(true);
  expect([store.get("one"), before - store.bytes]).toEqual([small, 19_000]);
  expect(store.replace("one", large, small)).toBe(false);
  store.delete("one");
  expect(store.replace("one", small, large)).toBe(false);
  expect(store.bytes).toBe(0);
});
