import { execFile } from "node:child_process";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { insertEvent } from "../db/testing/factories.ts";
import { converged, patience } from "./testing/indexer.ts";
import { openLab } from "./testing/lab.ts";

vi.setConfig({ testTimeout: 240_000 });
const lab = await openLab();

test("an operator sees how it is, and has the active indexer rebuild, reconcile and retry", async () => {
  await insertEvent(lab.database.db);
  const env = lab.env();
  const { deps } = await lab.start(env);
  await converged(deps);
  const before = await deps.collections.current();
  const status = await cli(env, "status");
  expect(status.code).toBe(0);
  expect(status.output).toContain(before);
  const slotStatus = await deps.metrics.registry.getSingleMetric("indexer_slot_status")?.get();
  const is = slotStatus?.values.filter(({ value }) => value === 1).map(({ labels }) => labels);
  expect(is).toEqual([{ status: "reserved" }]);
  const rebuild = await cli(env, "rebuild");
  expect([rebuild.code, rebuild.output]).toEqual([0, expect.stringContaining("rebuild: done")]);
  expect(await deps.collections.current()).not.toBe(before);
  expect((await cli(env, "reconcile")).output).toContain("1 compared, 0 mended");
  expect((await cli(env, "dead-letters")).output).toContain("no dead letters");
  expect((await cli(env, "dead-letters", "--retry")).output).toContain("0 tried, 0 left");
});

test("what is asked while no indexer runs is said to wait, and is done by the next one", async () => {
  const env = lab.env();
  const asked = cli(env, "rebuild");
  await vi.waitUntil(async () => {
    const { rowCount } = await lab.database.pool.query(
      "SELECT FROM indexer_request WHERE slot = $1",
      [env.SLOT_NAME],
    );
    return rowCount === 1;
  }, patience);
  await lab.start(env);
  expect(await asked).toEqual({
    code: 0,
    output: expect.stringMatching(/^no indexer streams the slot just now[^]*rebuild: done/),
  });
});

test("without a command it says what there is; without a database it says so", async () => {
  const env = lab.env();
  expect((await cli(env)).output).toContain("npm run indexer -- status");
  expect((await cli(env, "nonsense")).code).toBe(2);
  const none = await cli({ ...env, DATABASE_URL: "" }, "status");
  expect([none.code, none.output]).toEqual([2, expect.stringContaining("DATABASE_URL")]);
});

function cli(
  env: Record<string, string>,
  ...args: string[]
): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(import.meta.dirname, "cli.ts"), ...args],
      { env: { ...env, PATH: process.env["PATH"] } },
      (error, stdout, stderr) =>
        resolve({
          code: typeof error?.code === "number" ? error.code : 0,
          output: stdout + stderr,
        }),
    );
  });
}
