import { expect, test } from "vitest";
import { openDatabase } from "../db/client.ts";
import { createTestDatabase } from "../db/testing/database.ts";
import { insertEvent } from "../db/testing/factories.ts";
import { warmUp } from "./warm-up.ts";

const connections = 3;
const { database } = await createTestDatabase({ poolSize: 10 });
const now = () => Date.now();

test("before anybody is let in there are connections that have searched", async () => {
  await insertEvent(database.db);
  expect(await warmUp({ db: database.db, now }, connections)).toBeGreaterThanOrEqual(connections);
  const { pool } = database;
  expect([pool.totalCount, pool.waitingCount]).toEqual([connections, 0]);
});

test("a database that is not there keeps nobody from starting", async () => {
  const nowhere = openDatabase({ url: "postgres://nobody:x@127.0.0.1:9/nothing" });
  expect(await warmUp({ db: nowhere.db, now }, connections)).toBe(0);
  await nowhere.close();
});

test("nor does one that does not answer", async () => {
  const isAnswered = await database.db.transaction(async (tx) => {
    await tx.execute("LOCK TABLE events IN ACCESS EXCLUSIVE MODE");
    return warmUp({ db: database.db, now }, connections);
  });
  expect(isAnswered).toBe(0);
});
