import { expect, test } from "vitest";
import type { Transaction } from "./collator.ts";
import { Progress } from "./progress.ts";

function transaction(lsn: bigint, parts: Partial<Transaction>): Transaction {
  return {
    xid: Number(lsn),
    commitLsn: lsn,
    endLsn: lsn + 1n,
    commitMs: 0,
    rows: 1,
    edited: new Set(),
    seats: new Set(),
    refs: new Map(),
    truncated: new Set(),
    messages: [],
    ...parts,
  };
}

test("confirmed is the start of the oldest commit that is owed, or the end of the last one", () => {
  const progress = new Progress();
  progress.receive(transaction(10n, {}), 0);
  expect(progress.confirmable).toBe(11n);
  progress.receive(transaction(20n, { edited: new Set(["1"]) }), 0);
  progress.receive(transaction(30n, { seats: new Set(["2"]) }), 0);
  expect(progress.confirmable).toBe(20n);
  progress.events.done(progress.events.take(["1"]));
  expect(progress.confirmable).toBe(30n);
});

test("a venue that did not change in what documents show is not fanned out again", () => {
  const progress = new Progress();
  const refs = new Map([["venue:7", "[name]"]]);
  progress.receive(transaction(10n, { refs }), 0);
  expect(progress.refs.size).toBe(1);
  progress.refsRecorded(progress.refs.take(["venue:7"]));
  progress.receive(transaction(20n, { refs }), 0);
  expect(progress.idle).toBe(true);
  progress.receive(transaction(30n, { refs: new Map([["venue:7", "[other]"]]) }), 0);
  expect(progress.confirmable).toBe(30n);
});

test("a change that could not be recorded is not taken for known", () => {
  const progress = new Progress();
  const refs = new Map([["venue:7", "[name]"]]);
  progress.receive(transaction(10n, { refs }), 0);
  progress.refs.giveBack(progress.refs.take(["venue:7"]));
  progress.receive(transaction(20n, { refs }), 0);
  expect(progress.confirmable).toBe(10n);
});

test("an emptied table concerns every event; emptied events, the collection", () => {
  const progress = new Progress();
  progress.receive(transaction(10n, { truncated: new Set(["tickets"]) }), 0);
  progress.receive(transaction(20n, { truncated: new Set(["events", "tickets"]) }), 0);
  expect([...progress.refs.waiting("edit").keys()]).toEqual(["all:", "rebuild:"]);
});

test("a keepalive never takes the position back", () => {
  const progress = new Progress();
  progress.receive(transaction(10n, {}), 0);
  progress.keepalive(5n);
  expect(progress.confirmable).toBe(11n);
  progress.keepalive(50n);
  expect(progress.confirmable).toBe(50n);
});
