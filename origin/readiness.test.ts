import { expect, test } from "vitest";
import { readiness } from "./readiness.ts";

test.each([
  ["up", "up", false, "ready"],
  ["up", "down", false, "degraded"],
  ["down", "up", false, "unavailable"],
  ["down", "down", false, "unavailable"],
  ["up", "up", true, "stopping"],
] as const)("Postgres %s, Redis %s, stopping %s: %s", (postgres, redis, isStopping, status) => {
  expect(readiness(postgres, redis, isStopping)).toBe(status);
});
