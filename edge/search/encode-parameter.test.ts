import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeParameter } from "./encode-parameter.ts";

test("a parameter is written as URLSearchParams would, and nothing for what is absent", () => {
  const value = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(..."aZ09*-._~!'()+ %&=`éø漢\u{1F3B8}\uD800") }),
  );
  fc.assert(
    fc.property(value, value, (one, two) => {
      const written = encodeParameter("one", one) + encodeParameter("two", two);
      expect(written).toBe(`&${new URLSearchParams({ one, two }).toString()}`);
    }),
    { numRuns: 500 },
  );
  expect(encodeParameter("none", undefined)).toBe("");
});
