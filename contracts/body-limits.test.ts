import { expect, test } from "vitest";
import { bodyBytesMax } from "./body-limits.ts";
import { changesPath } from "./changes.ts";

test.each([
  ["PUT", "/admin/venues/7/plan", 8 * 1024 * 1024],
  ["POST", changesPath, 1024 * 1024],
  ["POST", "/admin/venues/7/plan", 64 * 1024],
  ["PUT", "/admin/venues/7/plan/more", 64 * 1024],
  ["PUT", "/admin/venues/7/8/plan", 64 * 1024],
  ["PUT", "/x/admin/venues/7/plan", 64 * 1024],
  ["POST", "/bookings/1", 64 * 1024],
])("%s %s may send %i bytes", (method, path, bytes) => {
  expect(bodyBytesMax(method, path)).toBe(bytes);
});
