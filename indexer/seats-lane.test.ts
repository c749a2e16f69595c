import { expect, test } from "vitest";
import { RecentWrites } from "./batcher.ts";
import { type DirtyKey, DirtyKeys } from "./dirty-keys.ts";
import { SeatsLane } from "./seats-lane.ts";
import type { ReadDocuments } from "./write-documents.ts";

const nothingRead: ReadDocuments = {
  read: { status: "read", projections: new Map(), versions: new Map(), nowSeconds: 0 },
  readAtMs: 0,
};

function makeLane(write: () => Promise<"written" | "outdated"> = async () => "written") {
  const dirty = new DirtyKeys();
  const reading = Promise.withResolvers<ReadDocuments>();
  const settled = Promise.withResolvers<void>();
  const writes: string[][] = [];
  const lane = new SeatsLane({
    dirty,
    written: new RecentWrites(2_000),
    tunables: { batchDocs: 10, seatsDebounceMs: 500, seatsWaitMsMax: 2_000, seatsGapMs: 1_000 },
    read: () => reading.promise,
    write: (batch: readonly DirtyKey[]) => {
      writes.push(batch.map((entry) => entry.key));
      return write();
    },
    onRead: settled.resolve,
  });
  const mark = (key: string, commitLsn: bigint) =>
    dirty.mark(key, "seats", { xid: Number(commitLsn), commitLsn, commitMs: 0 }, 0);
  const read = async () => {
    reading.resolve(nothingRead);
    await settled.promise;
  };
  return { dirty, reading, settled, writes, lane, mark, read };
}

test("what is being counted is written only when it was read, and holds the slot until then", async () => {
  const { dirty, lane, mark, read, writes } = makeLane();
  mark("1", 10n);
  lane.begin(0);
  expect(await lane.write(() => 0)).toBe(false);
  expect(lane.next(0)).toEqual({ status: "nothing" });
  expect(dirty.oldestLsn()).toBe(10n);
  await read();
  expect(await lane.write(() => 0)).toBe(true);
  expect(writes).toEqual([["1"]]);
  expect(dirty.size).toBe(0);
});

test("what the loop wrote meanwhile is not overwritten with an older count, but counted again", async () => {
  const { dirty, lane, mark, read, writes } = makeLane();
  mark("1", 10n);
  mark("2", 11n);
  lane.begin(0);
  lane.overtake(["1"]);
  await read();
  expect(await lane.write(() => 0)).toBe(true);
  expect(writes).toEqual([["2"]]);
  expect([...dirty.waiting("seats").keys()]).toEqual(["1"]);
  expect(dirty.oldestLsn()).toBe(10n);
});

test("a count that is too old to be written is made again", async () => {
  const { dirty, lane, mark, read } = makeLane(async () => "outdated");
  mark("1", 10n);
  lane.begin(0);
  await read();
  expect(await lane.write(() => 0)).toBe(false);
  expect(lane.next(0)).toEqual({ status: "due", keys: ["1"] });
  expect(dirty.oldestLsn()).toBe(10n);
});

test.each(["reading", "writing"])(
  "when %s fails, the loop hears of it and nothing is lost",
  async (what) => {
    const failure = new Error("no");
    const { dirty, lane, mark, reading, settled } = makeLane(() => Promise.reject(failure));
    mark("1", 10n);
    lane.begin(0);
    if (what === "reading") reading.reject(failure);
    else reading.resolve(nothingRead);
    await settled.promise;
    await expect(lane.write(() => 0)).rejects.toBe(failure);
    expect([...dirty.waiting("seats").keys()]).toEqual(["1"]);
  },
);

test("what is abandoned waits again and is not written", async () => {
  const { dirty, lane, mark, read, writes } = makeLane();
  mark("1", 10n);
  lane.begin(0);
  lane.abandon();
  await read();
  expect(await lane.write(() => 0)).toBe(false);
  expect(writes).toEqual([]);
  expect(dirty.oldestLsn()).toBe(10n);
});
