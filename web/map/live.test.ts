import { expect, test } from "vitest";
import { follow, liveUrl, readMessage } from "./live.ts";

const base = "https://tickets.example/e/7-evening";

test("who follows nothing connects without a past", () => {
  expect(liveUrl("/events/7/live", base, undefined).href).toBe(
    "wss://tickets.example/events/7/live",
  );
});

test("who was cut off names the log and the last number that it took", () => {
  const first = follow(undefined, { seq: 4, log: "0a1b2c3d", statuses: "AA==" });
  const later = follow(first, { seq: 5, changes: [[1, 2]] });
  expect(liveUrl("/events/7/live", base, later).href).toBe(
    "wss://tickets.example/events/7/live?after=5&log=0a1b2c3d",
  );
});

test("all statuses in the middle of a log leave it the same log", () => {
  const first = follow(undefined, { seq: 4, log: "0a1b2c3d", statuses: "AA==" });
  expect(follow(first, { seq: 5, statuses: "AQ==" })).toEqual({ log: "0a1b2c3d", seq: 5 });
});

test("a log without a name is followed, but cannot be come back to", () => {
  const followed = follow(undefined, { seq: 4, statuses: "AA==" });
  expect(followed.seq).toBe(4);
  expect(liveUrl("/events/7/live", base, followed).search).toBe("");
});

test("the name of a log is read from the wire, and nothing else in its place", () => {
  const text = (log: unknown) => JSON.stringify({ seq: 1, log, statuses: "AA==" });
  expect(readMessage(text("0a1b2c3d"))).toEqual({ seq: 1, log: "0a1b2c3d", statuses: "AA==" });
  expect(readMessage(text(7))).toEqual({ seq: 1, statuses: "AA==" });
});
