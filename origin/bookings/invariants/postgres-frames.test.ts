import { expect, test } from "vitest";
import { splitFrames } from "./postgres-frames.ts";

const startup = Buffer.from([0, 0, 0, 8, 0, 3, 0, 0]);
const sync = Buffer.from([0x53, 0, 0, 0, 4]);
const query = Buffer.from([0x51, 0, 0, 0, 6, 0x78, 0]);

test.each([1, 2, 3, 7, 100])("messages that come %i bytes at a time come out whole", (size) => {
  const split = splitFrames({ hasStartup: true });
  const all = Buffer.concat([startup, query, sync]);
  const frames = [];
  for (let at = 0; at < all.length; at += size) frames.push(...split(all.subarray(at, at + size)));
  expect(frames.map(({ type }) => type)).toEqual(["", "Q", "S"]);
  expect(Buffer.concat(frames.map(({ bytes }) => bytes))).toEqual(all);
});
