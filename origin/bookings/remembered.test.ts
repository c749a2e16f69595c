import { expect, test } from "vitest";
import { Remembered } from "./remembered.ts";

/** Loads that the test ends itself, and a clock that it moves. */
function makeRemembered(weightMax = 10) {
  const loads: { key: string; end: (value: string) => void; fail: (error: Error) => void }[] = [];
  const clock = { now: 0 };
  const remembered = new Remembered<string>({
    load: (key) =>
      new Promise((resolve, reject) => loads.push({ key, end: resolve, fail: reject })),
    freshMs: () => 100,
    weight: () => 1,
    weightMax,
    now: () => clock.now,
  });
  const finish = async (value: string) => {
    loads.shift()?.end(value);
    await settled();
  };
  return { remembered, loads, clock, finish };
}

/** Lets what was resolved run on. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("who asks at the same time waits for one load, and later ones get what it gave until it is old", async () => {
  const { remembered, loads, clock, finish } = makeRemembered();
  const both = Promise.all([remembered.read("a"), remembered.read("a")]);
  expect(loads).toHaveLength(1);
  await finish("one");
  expect(await both).toEqual(["one", "one"]);
  clock.now = 99;
  expect(await remembered.read("a")).toBe("one");
  clock.now = 100;
  const later = remembered.read("a");
  await finish("two");
  expect(await later).toBe("two");
});

test("a new value comes from a load that began after it was asked for", async () => {
  const { remembered, loads, finish } = makeRemembered();
  const old = remembered.read("a");
  const fresh = [remembered.readNew("a"), remembered.readNew("a")];
  expect(loads).toHaveLength(1);
  await finish("old");
  expect(await old).toBe("old");
  expect(loads).toHaveLength(1);
  await finish("new");
  expect(await Promise.all(fresh)).toEqual(["new", "new"]);
  expect(await remembered.read("a")).toBe("new");
});

test("a failed load is not remembered, and does not fail those who want a new value", async () => {
  const { remembered, loads, finish } = makeRemembered();
  const failed = remembered.read("a");
  const fresh = remembered.readNew("a");
  loads.shift()?.fail(new Error("down"));
  await expect(failed).rejects.toThrow("down");
  await settled();
  await finish("up");
  expect(await fresh).toBe("up");
});

test("what was not asked for the longest makes room", async () => {
  const { remembered, loads, finish } = makeRemembered(2);
  for (const key of ["a", "b"]) {
    void remembered.read(key);
    await finish(key);
  }
  expect(await remembered.read("a")).toBe("a");
  void remembered.read("c");
  await finish("c");
  expect(await remembered.read("a")).toBe("a");
  void remembered.read("b");
  expect(loads.map(({ key }) => key)).toEqual(["b"]);
});
