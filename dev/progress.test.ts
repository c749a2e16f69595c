import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createProgress } from "./progress.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function follow(part: string, lasts: number, what?: string) {
  const lines: string[] = [];
  const progress = createProgress((line) => lines.push(line));
  const work = new Promise<void>((resolve) => setTimeout(resolve, lasts));
  void progress.follow(part, work);
  if (what !== undefined) progress.doing(part, what);
  return lines;
}

test("nothing is said of what takes less than two seconds", async () => {
  const lines = follow("redis", 1900);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(lines).toEqual([]);
});

test("every other second says what is waited for, and no longer than that", async () => {
  const lines = follow("typesense", 5000, "fetching");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(lines).toEqual(["… typesense: fetching (2 s)", "… typesense: fetching (4 s)"]);
});
