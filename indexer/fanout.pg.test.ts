import { expect, test } from "vitest";
import { createTestDatabase } from "../db/testing/database.ts";
import { type DirtyKey, DirtyKeys } from "./dirty-keys.ts";
import { fanoutPage, moveFanout, nextFanout, recordFanouts } from "./fanout.ts";

const { database } = await createTestDatabase();
const { pool } = database;
const fullPage = Array.from({ length: fanoutPage }, (_, index) => String(index + 1));

test("a process that was stopped cannot end or move a fan-out that a later change has begun anew", async () => {
  await recordFanouts(pool, changed("venue:7", 100n));
  const { next: stale } = await nextFanout(pool);
  if (!stale) throw new Error("nothing was recorded");
  await recordFanouts(pool, changed("venue:7", 200n));
  await moveFanout(pool, stale, fullPage);
  await moveFanout(pool, stale, []);
  const { next, waiting } = await nextFanout(pool);
  expect([next?.cursor, next?.commitLsn, waiting]).toEqual(["0", "0/C8", 1]);

  if (next) await moveFanout(pool, next, fullPage);
  const { next: moved } = await nextFanout(pool);
  expect(moved?.cursor).toBe(String(fanoutPage));
  if (moved) await moveFanout(pool, moved, ["501"]);
  expect((await nextFanout(pool)).next).toBeNull();
});

function changed(ref: string, commitLsn: bigint): readonly DirtyKey[] {
  const keys = new DirtyKeys();
  keys.mark(ref, "edit", { xid: 3, commitLsn, commitMs: 0 }, 0);
  return keys.take([ref]);
}
