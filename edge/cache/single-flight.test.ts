import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SingleFlight } from "./single-flight.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("who asks meanwhile gets the same answer, and the work is done once", async () => {
  const flights = new SingleFlight<number>();
  let count = 0;
  const work = async () => ++count;
  expect(await Promise.all([1, 2, 3].map(() => flights.run("a", 0, work)))).toEqual([1, 1, 1]);
  expect(await flights.run("a", 0, work)).toBe(2);
});

test("whoever joined work that never ends does it, and those behind join the new one", async () => {
  const flights = new SingleFlight<number>();
  void flights.run("a", 0, () => new Promise(() => {}));
  const joined = flights.run("a", 0, async () => 7);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await joined).toBe(7);
});

test("a failure goes to all who wait, and is not kept", async () => {
  const flights = new SingleFlight<number>();
  const fail = () => Promise.reject(new Error("no"));
  const all = await Promise.allSettled([flights.run("a", 0, fail), flights.run("a", 0, fail)]);
  expect(all.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await flights.run("a", 0, async () => 1)).toBe(1);
});
