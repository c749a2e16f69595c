import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { HedgeBudget } from "../hedge-budget.ts";
import { hedge } from "./hedge.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Answers `value` after so long; with an `Error` it fails. */
function after(ms: number, value: string | Error): () => Promise<string> {
  return () =>
    new Promise((resolve, reject) => {
      setTimeout(() => (value instanceof Error ? reject(value) : resolve(value)), ms);
    });
}

const never = (): Promise<string> => new Promise(() => {});
const times = { afterMs: 200, deadlineMs: 450, now: () => Date.now() };

/** What comes of it, and when. */
async function timed(options: Parameters<typeof hedge<string>>[0]) {
  const began = Date.now();
  const found = hedge(options)
    .catch((error: Error) => error.message)
    .then((answer) => ({ answer, ms: Date.now() - began }));
  await vi.advanceTimersByTimeAsync(1_000);
  return found;
}

test.each([
  ["the first in time", after(100, "one"), never, "one", 100],
  [
    "the second at once when the first fails",
    after(10, new Error("1")),
    after(30, "two"),
    "two",
    40,
  ],
  ["the second when the first is silent", never, after(30, "two"), "two", 230],
  ["a late first before a later second", after(300, "one"), after(200, "two"), "one", 300],
  ["the first although the second fails", after(300, "one"), after(10, new Error("2")), "one", 300],
  ["nobody in time", never, never, "late", 450],
  ["both failing", after(10, new Error("1")), after(10, new Error("2")), "2", 20],
] as const)("%s counts", async (_, first, second, answer, ms) => {
  const budget = new HedgeBudget(1);
  expect(await timed({ first, second, ...times, budget })).toEqual({ answer, ms });
});

test("no more than the budget ask the second while the first is only slow", async () => {
  const budget = new HedgeBudget(2);
  const second = vi.fn<() => Promise<string>>(after(100, "two"));
  const all = Array.from({ length: 10 }, () => timed({ first: never, second, ...times, budget }));
  const answers = (await Promise.all(all)).map(({ answer }) => answer);
  expect(second).toHaveBeenCalledTimes(2);
  expect(answers.filter((it) => it === "two")).toHaveLength(2);
});

test("when the first answers nobody at all, everybody asks the second, whatever the budget", async () => {
  const second = vi.fn<() => Promise<string>>(after(10, "two"));
  const isHopeless = vi.fn<(now: number) => boolean>(() => true);
  const budget = new HedgeBudget(0);
  const found = await timed({ first: never, second, ...times, budget, isHopeless });
  expect(found).toEqual({ answer: "two", ms: 210 });
});

test("in the long run one in so many asks the second, however soon each is done", async () => {
  const budget = new HedgeBudget(2, 1 / 4);
  const second = vi.fn<() => Promise<string>>(after(10, "two"));
  const first = after(300, "one");
  for (let turn = 0; turn < 20; turn += 1) await timed({ first, second, ...times, budget });
  expect(second).toHaveBeenCalledTimes(6); // two were saved, and nineteen turns earned four more
});

test("when the first fails after all, everybody asks the second", async () => {
  const budget = new HedgeBudget(0);
  const second = vi.fn<() => Promise<string>>(after(50, "two"));
  const first = after(350, new Error("1"));
  expect(await timed({ first, second, ...times, budget })).toEqual({ answer: "two", ms: 400 });
});

test("what was spent comes back, also after a failure", async () => {
  const budget = new HedgeBudget(1);
  const ask = () => timed({ first: never, second: after(10, new Error("2")), ...times, budget });
  await ask();
  const second = vi.fn<() => Promise<string>>(after(10, "two"));
  expect((await timed({ first: never, second, ...times, budget })).answer).toBe("two");
});

test("what is never given back counts no longer than anybody waits", () => {
  const budget = new HedgeBudget(1);
  expect(budget.spend(never, 5_000)).toBeInstanceOf(Promise);
  expect(budget.spend(never, 5_999)).toBeUndefined();
  expect(budget.spend(never, 6_000)).toBeInstanceOf(Promise);
});
