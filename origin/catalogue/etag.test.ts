import { expect, test } from "vitest";
import { matches, matchesRevision } from "./etag.ts";

test.each([
  ['W/"12-abc"', true],
  ['"12-abc"', true],
  ['"x", W/"12-abc" , "y"', true],
  ["*", true],
  ['W/"12-abd"', false],
  ['"12"', false],
  ["12-abc", false],
  ["", false],
])("If-None-Match %s matches the tag: %s", (header, expected) => {
  expect(matches(header, 'W/"12-abc"')).toBe(expected);
});

test.each([
  [undefined, true],
  ["*", true],
  ['"12"', true],
  ['W/"12-whatever-the-seats"', true],
  ['"11", "12"', true],
  ['"1"', false],
  ['"123"', false],
  ["12", false],
])("If-Match %s matches version 12: %s", (header, expected) => {
  expect(matchesRevision(header, "12")).toBe(expected);
});
