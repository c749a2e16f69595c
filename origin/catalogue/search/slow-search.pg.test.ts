import { expect, test } from "vitest";
import { insertEvent } from "../../../db/testing/factories.ts";
import { createTestOrigin } from "../../testing/test-origin.ts";

const origin = await createTestOrigin();
const { db } = origin.deps;

test("searches that Postgres is too slow for are given up, by it as well, and the next ones are answered", async () => {
  await insertEvent(db, { name: "Patience" });
  const ask = async () => (await origin.ask("/events/search?keyword=patience")).status;
  expect(await ask()).toBe(200);
  // Some have a turn, the others wait for one.
  const during = await db.transaction(async (tx) => {
    await tx.execute("LOCK TABLE events IN ACCESS EXCLUSIVE MODE");
    return Promise.all(Array.from({ length: 8 }, ask));
  });
  expect(during).toEqual(Array.from({ length: 8 }, () => 503));
  const { rows } = (await db.execute(
    `SELECT count(*)::int AS running FROM pg_stat_activity
     WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()`,
  )) as unknown as { rows: { running: number }[] };
  expect(rows[0]?.running).toBe(0);
  expect(await Promise.all(Array.from({ length: 8 }, ask))).toEqual(
    Array.from({ length: 8 }, () => 200),
  );
});
