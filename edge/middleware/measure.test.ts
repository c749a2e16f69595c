import { expect, test } from "vitest";
import { sourceOf } from "./measure.ts";

test.each([
  [null, "none"],
  ["frontrow-edge; hit; ttl=1; detail=memory", "memory"],
  ["frontrow-edge; hit; ttl=0; detail=shared", "shared"],
  ["frontrow-edge; hit; ttl=-9; detail=stale", "stale"],
  ["frontrow-edge; fwd=miss; ttl=1; stored", "fetched"],
  ["frontrow-edge; fwd=miss; ttl=1; stored; collapsed", "collapsed"],
])("%s counts as %s", (header, source) => {
  expect(sourceOf(header)).toBe(source);
});
