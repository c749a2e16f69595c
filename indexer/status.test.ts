import { expect, test } from "vitest";
import { readinessOf, type ServiceState } from "./status.ts";

const at = (state: ServiceState, dirtySinceMs: number | null = null, heartbeatMs = 100_000) =>
  readinessOf({ state, dirtySinceMs, heartbeatMs }, 100_000, 60_000).ready;

test.each([
  ["booting", false],
  ["validating", false],
  ["standby", true],
  ["building", false],
  ["streaming", true],
  ["sink-down", true],
  ["backoff", false],
  ["draining", false],
  ["stopped", false],
] as const)("%s is ready: %s", (name, ready) => {
  expect(at({ name })).toBe(ready);
});

test("a change that waits too long, a silent stream and a halt are not ready, and say why", () => {
  expect(at({ name: "streaming" }, 70_001)).toBe(true);
  expect(at({ name: "streaming" }, 69_999)).toBe(false);
  expect(at({ name: "sink-down" }, 10_000)).toBe(false);
  expect(at({ name: "streaming" }, null, 39_999)).toBe(false);
  const halted = { name: "halted", reason: "publication", detail: "no tickets" } as const;
  const readiness = readinessOf({ state: halted, dirtySinceMs: null, heartbeatMs: null }, 0, 1);
  expect(readiness).toEqual({ ready: false, state: "halted", detail: "publication: no tickets" });
});
