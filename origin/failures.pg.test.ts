import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { openDatabase } from "../db/client.ts";
import { insertEvent } from "../db/testing/factories.ts";
import { openRedis } from "./deps.ts";
import { createTestOrigin } from "./testing/test-origin.ts";

/** Where nothing listens. */
const deadDatabase = openDatabase({ url: "postgres://nobody@127.0.0.1:9/none" });
afterAll(() => deadDatabase.close());

test("without Postgres the origin is not ready, and answers 503 with Retry-After", async () => {
  const { ask, asAdmin } = await createTestOrigin(() => ({ db: deadDatabase.db }));
  const ready = await ask("/ready");
  expect([ready.status, await ready.json()]).toEqual([
    503,
    { status: "unavailable", dependencies: { postgres: "down", redis: "up" } },
  ]);
  const body = { name: "Hall", city: "Bern", country: "CH", timeZone: "Europe/Zurich" };
  for (const res of [
    await ask("/events/1"),
    await ask("/events/search?keyword=x"),
    await asAdmin("/admin/venues", { method: "POST", body }),
  ]) {
    expect([res.status, await res.json()]).toMatchObject([503, { code: "service-unavailable" }]);
    expect(res.headers.get("Retry-After")).toMatch(/^\d+$/);
  }
  expect((await ask("/health")).status).toBe(200);
});

test("without Redis the origin is degraded, and stays in service", async () => {
  const { ask } = await createTestOrigin(() => ({ redis: openRedis("http://127.0.0.1:9", "x") }));
  const ready = await ask("/ready");
  expect([ready.status, await ready.json()]).toEqual([
    200,
    { status: "degraded", dependencies: { postgres: "up", redis: "down" } },
  ]);
});

test("when all connections are taken a change is refused as unavailable, and works again after", async () => {
  const { deps, database, databaseUrl } = await createTestOrigin();
  const small = openDatabase({ url: databaseUrl, poolSize: 1, connectTimeoutMs: 50 });
  const { asAdmin } = await createTestOrigin(() => ({ db: small.db }));
  const event = await insertEvent(database.db);
  const taken = await small.pool.connect();
  const path = `/admin/events/${event.id}`;
  const change = () => asAdmin(path, { method: "PATCH", body: { name: "New" } });
  expect((await change()).status).toBe(503);
  taken.release();
  expect((await change()).status).toBe(200);
  expect(await deps.db.execute("SELECT 1")).toBeDefined();
  await small.close();
});

test("a connection that dies in the middle of a change leaves nothing half done", async () => {
  const { asAdmin, ask, database, databaseUrl } = await createTestOrigin();
  const event = await insertEvent(database.db);
  const path = `/admin/events/${event.id}`;
  const blocker = new pg.Client({ connectionString: databaseUrl, application_name: "blocker" });
  await blocker.connect();
  await blocker.query("BEGIN");
  await blocker.query("LOCK TABLE audit_log IN EXCLUSIVE MODE");
  const changing = asAdmin(path, { method: "PATCH", body: { name: "Half" } });
  // The change has updated the event and now waits to write its audit record.
  await expect
    .poll(async () => {
      const { rowCount } = await blocker.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rowCount;
    })
    .toBe(1);
  const res = await changing;
  expect([res.status, await res.json()]).toMatchObject([503, { code: "service-unavailable" }]);
  await blocker.end();
  expect(await (await ask(`/events/${event.id}`)).json()).toMatchObject({
    event: { name: event.name, version: 1 },
  });
});
