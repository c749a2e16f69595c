import { expect, test } from "vitest";
import { type Cause, DirtyKeys } from "./dirty-keys.ts";
import { parseSnapshot } from "./snapshot.ts";

const cause = (commitLsn: bigint, xid = Number(commitLsn)): Cause => ({
  xid,
  commitLsn,
  commitMs: Number(commitLsn),
});

test("many changes of one key are one entry that holds the slot at the first of them", () => {
  const dirty = new DirtyKeys();
  for (let lsn = 10n; lsn < 60n; lsn += 1n) dirty.mark("1", "seats", cause(lsn), Number(lsn));
  expect(dirty.size).toBe(1);
  expect(dirty.oldestLsn()).toBe(10n);
  const [entry] = dirty.take(["1"]);
  expect(entry).toMatchObject({ firstLsn: 10n, lastLsn: 59n, firstSeenMs: 10, lastSeenMs: 59 });
  expect(entry?.xids).toHaveLength(50);
});

test("what is in flight still holds the slot, and is dirty until it is done", () => {
  const dirty = new DirtyKeys();
  dirty.mark("1", "edit", cause(10n), 0);
  const batch = dirty.take(["1"]);
  dirty.mark("1", "edit", cause(20n), 5);
  expect(dirty.oldestLsn()).toBe(10n);
  expect(dirty.oldestSeenMs()).toBe(0);
  dirty.done(batch);
  expect(dirty.oldestLsn()).toBe(20n);
  expect(dirty.has("1")).toBe(true);
});

test("of two batches in flight each holds the slot for itself, even with the same key", () => {
  const dirty = new DirtyKeys();
  dirty.mark("1", "seats", cause(10n), 0);
  const seats = dirty.take(["1"]);
  dirty.mark("1", "edit", cause(20n), 5);
  const edits = dirty.take(["1"]);
  expect(dirty.size).toBe(2);
  dirty.done(edits);
  expect(dirty.oldestLsn()).toBe(10n);
  dirty.giveBack(seats);
  expect(dirty.waiting("seats").get("1")).toMatchObject({ firstLsn: 10n, xids: [10] });
  expect(dirty.xidCount).toBe(1);
});

test("a batch that is given back waits with everything that came meanwhile", () => {
  const dirty = new DirtyKeys();
  dirty.mark("1", "seats", cause(10n), 0);
  dirty.mark("2", "seats", cause(11n), 1);
  const batch = dirty.take(["1", "2"]);
  dirty.mark("1", "edit", cause(20n), 5);
  dirty.giveBack(batch);
  expect(dirty.size).toBe(2);
  expect([...dirty.waiting("edit").keys()]).toEqual(["1"]);
  expect([...dirty.waiting("seats").keys()]).toEqual(["2"]);
  expect(dirty.waiting("edit").get("1")).toMatchObject({
    firstLsn: 10n,
    lastLsn: 20n,
    xids: [10, 20],
  });
});

test("an edit takes over a key whose seats changed, and seats do not take it back", () => {
  const dirty = new DirtyKeys();
  dirty.mark("1", "seats", cause(1n), 0);
  dirty.mark("1", "edit", cause(2n), 0);
  dirty.mark("1", "seats", cause(3n), 0);
  expect(dirty.waiting("seats").size).toBe(0);
  expect(dirty.waiting("edit").get("1")?.lastLsn).toBe(3n);
});

test("transactions that everybody sees are forgotten, others are not", () => {
  const dirty = new DirtyKeys();
  dirty.mark("1", "edit", cause(1n, 90), 0);
  dirty.mark("1", "edit", cause(2n, 101), 0);
  dirty.mark("2", "seats", cause(3n, 95), 0);
  expect(dirty.xidCount).toBe(3);
  dirty.forgetVisible(parseSnapshot("100:110:"));
  expect(dirty.waiting("edit").get("1")?.xids).toEqual([]);
  dirty.mark("2", "seats", cause(4n, 120), 0);
  dirty.forgetVisible(parseSnapshot("100:110:"));
  expect(dirty.waiting("seats").get("2")?.xids).toEqual([120]);
  expect(dirty.xidCount).toBe(1);
});
