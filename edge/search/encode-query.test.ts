import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeQuery } from "./encode-query.ts";

test("a query is written as URLSearchParams would, without what is absent", () => {
  const value = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(..."aZ09*-._~!'()+ %&=`éø漢\u{1F3B8}\uD800") }),
  );
  fc.assert(
    fc.property(value, value, (one, two) => {
      const written = encodeQuery([
        ["one", one],
        ["none", undefined],
        ["two", two],
      ]);
      expect(written).toBe(new URLSearchParams({ one, two }).toString());
    }),
    { numRuns: 500 },
  );
});
