import { DrizzleQueryError } from "drizzle-orm/errors";
import { expect, test } from "vitest";
import { isUnavailable, sqlFailure } from "./unavailable.ts";

const withCode = (code: string, more = {}) => Object.assign(new Error("x"), { code, ...more });
const sqlError = (code: string) => withCode(code, { severity: "ERROR", constraint: "some_fkey" });
const failedQuery = (cause: Error) => new DrizzleQueryError("SELECT 1", [], cause);
const named = (name: string) => Object.assign(new Error("x"), { name });

test.each([
  ["a refused connection", withCode("ECONNREFUSED")],
  ["fetch that found nobody", new TypeError("x", { cause: withCode("ECONNREFUSED") })],
  ["a timeout", new DOMException("x", "TimeoutError")],
  ["a server that shuts down", failedQuery(sqlError("57P01"))],
  ["too many connections", failedQuery(sqlError("53300"))],
  ["a deadlock", failedQuery(sqlError("40P01"))],
  ["a query whose connection broke, which has no code", failedQuery(new Error("x"))],
  ["a query that found nobody", failedQuery(withCode("ECONNREFUSED"))],
  ["Redis refusing", named("UpstashError")],
  ["something else in Redis' place", named("UpstashJSONParseError")],
])("%s is a part that is not available", (_what, error) => {
  expect(isUnavailable(error)).toBe(true);
});

test.each([
  ["a bug", new TypeError("x")],
  ["a broken constraint", failedQuery(sqlError("23505"))],
  ["a wrong statement", failedQuery(sqlError("42601"))],
  ["a missing file", withCode("ENOENT")],
  ["no error at all", "ECONNREFUSED"],
])("%s is not", (_what, error) => {
  expect(isUnavailable(error)).toBe(false);
});

test("the SQLSTATE and the constraint are found behind Drizzle's wrapper", () => {
  expect(sqlFailure(failedQuery(sqlError("23503")))).toEqual({
    code: "23503",
    constraint: "some_fkey",
  });
  expect(sqlFailure(withCode("ECONNREFUSED"))).toBeUndefined();
});
