import { expect, test } from "vitest";
import { SearchKeys } from "./search-keys.ts";

test("a query comes to its key until newer ones take its place", () => {
  const keys = new SearchKeys(2);
  keys.note("keyword=A", "a");
  keys.note("keyword=B", "b");
  expect(keys.get("keyword=A")).toBe("a");
  keys.note("keyword=C", "c");
  expect([keys.get("keyword=A"), keys.get("keyword=B"), keys.get("keyword=C")]).toEqual([
    undefined,
    "b",
    "c",
  ]);
});

test("what nobody would type is not remembered", () => {
  const keys = new SearchKeys(2);
  const long = `keyword=${"x".repeat(300)}`;
  keys.note(long, "x");
  expect(keys.get(long)).toBeUndefined();
});
