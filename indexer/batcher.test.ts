import { expect, test } from "vitest";
import { chooseEdits, chooseSeats, RecentWrites } from "./batcher.ts";
import { DirtyKeys, type Priority } from "./dirty-keys.ts";

const tunables = { batchDocs: 3, seatsDebounceMs: 500, seatsWaitMsMax: 2_000, seatsGapMs: 1_000 };

function dirtyWith(...keys: [key: string, priority: Priority, atMs: number][]): DirtyKeys {
  const dirty = new DirtyKeys();
  for (const [key, priority, atMs] of keys) {
    dirty.mark(key, priority, { xid: 1, commitLsn: 1n, commitMs: 0 }, atMs);
  }
  return dirty;
}

test("edits go at once, the oldest first and no more than fit", () => {
  const dirty = dirtyWith(["1", "edit", 0], ["2", "edit", 0], ["3", "edit", 0], ["4", "edit", 0]);
  expect(chooseEdits(dirty, 3)).toEqual(["1", "2", "3"]);
});

test("seats go at once when the key was quiet", () => {
  expect(chooseSeats(dirtyWith(["1", "seats", 5]), new RecentWrites(2_000), 5, tunables)).toEqual({
    status: "due",
    keys: ["1"],
  });
});

test.each([
  { seenMs: [100, 100], writtenMs: 0, dueMs: 1_000, why: "the gap between two writes" },
  { seenMs: [800, 900], writtenMs: 0, dueMs: 1_400, why: "quiet for the debounce" },
  { seenMs: [100, 5_000], writtenMs: 0, dueMs: 2_100, why: "the longest wait" },
])("seats of a key that was written lately wait for $why", ({ seenMs, writtenMs, dueMs }) => {
  const dirty = dirtyWith(["1", "seats", seenMs[0] ?? 0], ["1", "seats", seenMs[1] ?? 0]);
  const written = new RecentWrites(10_000);
  written.note(["1"], writtenMs);
  expect(chooseSeats(dirty, written, dueMs - 1, tunables)).toEqual({ status: "later", inMs: 1 });
  expect(chooseSeats(dirty, written, dueMs, tunables).status).toBe("due");
});

test("a count that took longer than the longest wait does not shorten the gap", () => {
  const written = new RecentWrites(10_000);
  const dirty = dirtyWith(["1", "seats", 100]);
  written.note(["1"], 2_500);
  expect(chooseSeats(dirty, written, 3_499, tunables)).toEqual({ status: "later", inMs: 1 });
});

test("a key whose seats change all the time is written at most once a second", () => {
  const dirty = new DirtyKeys();
  const written = new RecentWrites(2_000);
  const writes: number[] = [];
  for (let nowMs = 0; nowMs < 60_000; nowMs += 7) {
    dirty.mark("1", "seats", { xid: nowMs, commitLsn: BigInt(nowMs), commitMs: nowMs }, nowMs);
    if (chooseSeats(dirty, written, nowMs, tunables).status !== "due") continue;
    dirty.done(dirty.take(["1"]));
    written.note(["1"], nowMs);
    writes.push(nowMs);
  }
  const gaps = writes.slice(1).map((at, index) => at - (writes[index] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_000);
  expect(Math.max(...gaps)).toBeLessThan(2_100);
});

test("with nothing dirty there is nothing to wait for", () => {
  expect(chooseSeats(new DirtyKeys(), new RecentWrites(1), 0, tunables)).toEqual({
    status: "nothing",
  });
});
