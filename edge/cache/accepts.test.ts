import { expect, test } from "vitest";
import { takes } from "./accepts.ts";

test.each([
  ["gzip, deflate, br, zstd", "br", true],
  ["GZIP", "gzip", true],
  ["gzip;q=0.5", "gzip", true],
  ["gzip;q=0", "gzip", false],
  ["br;q=0.000, *", "br", false],
  ["*", "br", true],
  ["*;q=0", "gzip", false],
  ["identity", "gzip", false],
  ["", "gzip", false],
])("%j takes %s: %s", (header, coding, taken) => {
  expect(takes(header, coding)).toBe(taken);
});
