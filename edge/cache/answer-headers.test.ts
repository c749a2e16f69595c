import fc from "fast-check";
import { expect, test } from "vitest";
import { commonHeaders, describe as say, headersOf } from "./answer-headers.ts";
import type { CacheResult } from "./edge-cache.ts";

const result = fc.record({
  etag: fc.constantFrom('W/"a"', 'W/"b"', 'W/"a b"'),
  ageMs: fc.integer({ min: 0, max: 4_000 }),
  ttlMs: fc.integer({ min: -3_000, max: 3_000 }),
  from: fc.constantFrom("memory" as const, "shared" as const, "stale" as const),
});
const sent = fc.option(
  fc.record({
    contentType: fc.constantFrom("application/json", "application/problem+json"),
    encoding: fc.constantFrom("br" as const, "gzip" as const, "identity" as const),
  }),
  { nil: undefined },
);

test("headers that are kept say what headers made anew would say", () => {
  const asked = fc.tuple(result, fc.constantFrom("public" as const, "private" as const), sent);
  fc.assert(
    fc.property(fc.array(asked, { minLength: 20, maxLength: 200 }), (all) => {
      for (const [{ etag, ...age }, audience, what] of all) {
        const it = { ...age, collapsed: false, answer: { etag } } as CacheResult;
        const anew = new Headers(commonHeaders[audience]);
        say(anew, it, what);
        expect([...headersOf(it, audience, what)]).toEqual([...anew]);
      }
    }),
  );
});

test("what many ask for in the same second is made once, and what differs in anything is not shared", () => {
  const it = {
    answer: { etag: 'W/"once"' },
    ageMs: 100,
    ttlMs: 900,
    from: "memory",
  } as CacheResult;
  const packed = { contentType: "application/json", encoding: "gzip" } as const;
  const first = headersOf(it, "public", packed);
  expect(headersOf({ ...it, ageMs: 200, ttlMs: 800 }, "public", packed)).toBe(first);
  expect(headersOf({ ...it, ageMs: 1_200 }, "public", packed)).not.toBe(first);
  expect(headersOf(it, "private", packed)).not.toBe(first);
  expect(headersOf(it, "public", { ...packed, encoding: "br" })).not.toBe(first);
  expect(headersOf(it, "public", undefined).has("Content-Type")).toBe(false);
});
