import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { Pool as NeonPool } from "@neondatabase/serverless";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { afterAll, afterEach, describe, expect, inject, test, vi } from "vitest";
import { openDatabase, type Database } from "./client.ts";
import { migrate } from "./migrate.ts";
import { queryRows } from "./rows.ts";
import { performers } from "./schema/catalogue.ts";
import { createTestDatabase } from "./testing/database.ts";
import { insertEvent, insertPerformer, insertTickets } from "./testing/factories.ts";
import { startWsRelay, useWsRelay } from "./testing/ws-relay.ts";
import { DatabaseUnreachable, withTransaction } from "./transaction.ts";

/** For waits that end sooner on any machine that is not busy. */
const patienceMs = 25_000;

const { url, database: other } = await createTestDatabase();
const relay = await startWsRelay(inject("databaseUrl"));
useWsRelay(relay);
afterAll(() => relay.close());

describe.each(["pg", "neon"] as const)("the %s driver", (driver) => {
  const opened: Database[] = [];
  const open = (options = {}) => {
    const applicationName = `client-test-${driver}-${opened.length}`;
    const defaults = { poolSize: 2, connectTimeoutMs: patienceMs, applicationName };
    const made = openDatabase({ url, driver, ...defaults, ...options });
    opened.push(made);
    return { ...made, applicationName };
  };
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((it) => it.close().catch(() => {})));
  });

  test("reads back what it wrote, with its types", async () => {
    const { db } = open();
    const names = ['quote " and \\ backslash', "comma, {brace}", "", "NULL", "日本 🎫"];
    const performer = await insertPerformer(db, { name: "Ébène", alternateNames: names });
    const startsAt = new Date("2030-06-11T19:00:00.123Z");
    const event = await insertEvent(db, { performerId: performer.id, startsAt });
    expect(event).toMatchObject({ id: expect.any(BigInt), startsAt, queueEnabled: false });
    expect(performer.alternateNames).toEqual(names);
    const [ticket] = await insertTickets(db, event, { price: 9_007_199_254_740_991 });
    expect(ticket?.price).toBe(9_007_199_254_740_991);
    const [found] = await db
      .select()
      .from(performers)
      .where(sql`id = ${performer.id}`);
    expect(found).toEqual(performer);
  });

  test("a transaction is whole or nothing, and a nested one is a part of it", async () => {
    const { db } = open();
    const attempt = withTransaction(db, async (tx) => {
      await insertPerformer(tx, { name: "Nobody" });
      await withTransaction(tx, (inner) => insertPerformer(inner, { name: "Nobody" }));
      throw new RangeError("changed my mind");
    });
    await expect(attempt).rejects.toThrow(RangeError);
    expect(await db.$count(performers, sql`name = 'Nobody'`)).toBe(0);
  });

  test("a constraint's refusal carries its SQLSTATE", async () => {
    const { db } = open();
    await expect(insertPerformer(db, { name: "" })).rejects.toMatchObject({
      cause: { code: "23514", constraint: "performers_name_check" },
    });
  });

  test("several statements, and 20,000 rows in one answer, go through the pool", async () => {
    const { pool } = open();
    await pool.query("CREATE TEMP TABLE numbers (n int); DROP TABLE numbers");
    const { rows } = await pool.query("SELECT n FROM generate_series(1, 20000) AS n");
    expect(rows).toHaveLength(20_000);
  });

  test("queries beyond the pool's size wait and succeed", async () => {
    const { db } = open();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        queryRows<{ n: number }>(db, sql`SELECT ${n}::int AS n`),
      ),
    );
    expect(answers.map(([row]) => row?.n)).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });

  test("waiting in vain for a connection is error 08001", async () => {
    const { db, pool } = open({ poolSize: 1 });
    const taken = await pool.connect();
    pool.options.connectionTimeoutMillis = 50;
    const waiting = [db.execute(sql`SELECT 1`), withTransaction(db, async () => {})];
    const [query, transaction] = await Promise.allSettled(waiting);
    expect(query).toMatchObject({ reason: { cause: { code: "08001" } } });
    expect(transaction).toMatchObject({ reason: { code: "08001" } });
    taken.release();
  });

  test("a query whose connection the server ends fails with the server's code", async () => {
    const { db, applicationName } = open();
    const query = db.execute(sql`SELECT pg_sleep(60)`).catch((error: unknown) => error);
    await endConnections(applicationName, "pg_sleep");
    expect(await query).toMatchObject({ cause: { code: "57P01" } });
    expect(await queryRows(db, sql`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
  });

  test("a transaction whose connection ends between two statements fails with 08006", async () => {
    const { db, applicationName } = open();
    const attempt = withTransaction(db, async (tx) => {
      await insertPerformer(tx, { name: "Lost" });
      await endConnections(applicationName, "insert into");
      await tx.execute(sql`SELECT 1`);
    });
    await expect(attempt).rejects.toMatchObject({ cause: { code: "08006" } });
    expect(await db.$count(performers, sql`name = 'Lost'`)).toBe(0);
  });

  test("a connection that is lost while a transaction begins is replaced: the pool has none less", async () => {
    const { db, pool } = open();
    const lose = (client: pg.PoolClient) => {
      client.query("SELECT pg_terminate_backend(pg_backend_pid())").catch(() => undefined);
    };
    pool.on("acquire", lose);
    for (let nth = 0; nth < 3; nth += 1) {
      await expect(withTransaction(db, async () => {})).rejects.toBeInstanceOf(DatabaseUnreachable);
    }
    pool.off("acquire", lose);
    expect(pool.totalCount).toBe(0);
    expect(await withTransaction(db, (tx) => queryRows(tx, sql`SELECT 1 AS one`))).toEqual([
      { one: 1 },
    ]);
  });

  test("idle connections that end are replaced, and the caller is told", async () => {
    const told = vi.fn<(error: Error) => void>();
    const { db, applicationName } = open({ onIdleError: told });
    await queryRows(db, sql`SELECT 'idle'`);
    await endConnections(applicationName, "SELECT 'idle'");
    await vi.waitUntil(() => told.mock.calls.length > 0, { timeout: patienceMs });
    expect(await queryRows(db, sql`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
  });

  test("nothing is lost of a pool that is closed while idle", async () => {
    const { db, close, applicationName } = open();
    await queryRows(db, sql`SELECT 1`);
    await close();
    await vi.waitUntil(async () => (await connections(applicationName)) === 0, {
      timeout: patienceMs,
    });
    await expect(db.execute(sql`SELECT 1`)).rejects.toMatchObject({ cause: { code: "08001" } });
  });

  test("migrating a migrated database does nothing", async () => {
    expect(await migrate(open().pool)).toEqual([]);
  });
});

test("a network that is cut under the Neon driver is error 08006, alone and within a transaction", async () => {
  const { db, close } = openDatabase({
    url,
    driver: "neon",
    applicationName: "cut",
    connectTimeoutMs: patienceMs,
  });
  const alone = db.execute(sql`SELECT pg_sleep(60)`).catch((error: unknown) => error);
  const within = withTransaction(db, (tx) => tx.execute(sql`SELECT pg_sleep(60)`)).catch(
    (error: unknown) => error,
  );
  await vi.waitUntil(async () => (await connections("cut", "pg_sleep")) === 2, {
    timeout: patienceMs,
  });
  relay.cut();
  expect(await alone).toMatchObject({ cause: { code: "08006" } });
  expect(await within).toMatchObject({ cause: { code: "08006" } });
  expect(await queryRows(db, sql`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
  await close();
});

test("a network that is cut under pg is error 08006", async () => {
  const { hostname, port } = new URL(url);
  const sockets: Socket[] = [];
  const proxy = createServer((client) => {
    const server = connect(Number(port), hostname);
    sockets.push(client, server);
    for (const socket of [client, server]) socket.on("error", () => {});
    client.pipe(server).pipe(client);
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const through = new URL(url);
  through.port = String((proxy.address() as { port: number }).port);
  through.hostname = "127.0.0.1";
  const { db, close } = openDatabase({
    url: through.href,
    applicationName: "cut-pg",
    connectTimeoutMs: patienceMs,
  });
  const query = db.execute(sql`SELECT pg_sleep(60)`).catch((error: unknown) => error);
  await vi.waitUntil(async () => (await connections("cut-pg", "pg_sleep")) === 1, {
    timeout: patienceMs,
  });
  for (const socket of sockets) socket.destroy();
  expect(await query).toMatchObject({ cause: { code: "08006" } });
  await close();
  proxy.close();
});

test.each(["pg", "neon"] as const)(
  "nobody listening is an error with a code: %s",
  async (driver) => {
    const { db, close } = openDatabase({ url: "postgres://nobody@127.0.0.1:1/none", driver });
    if (driver === "neon") useWsRelay({ port: 1 });
    const error = await db.execute(sql`SELECT 1`).catch((it: unknown) => it);
    useWsRelay(relay);
    expect(error).toMatchObject({ cause: { code: driver === "pg" ? "ECONNREFUSED" : "08001" } });
    await close();
  },
);

test("Neon's hosts get its driver, others pg, and no URL is refused at once", async () => {
  const hosts = ["ep-cool-1.eu-central-1.aws.neon.tech", "db.neon.build", "neon.tech.example.org"];
  const pools = hosts.map((host) => openDatabase({ url: `postgres://u:p@${host}/db` }));
  expect(pools.map(({ pool }) => pool instanceof NeonPool)).toEqual([true, true, false]);
  await Promise.all(pools.map((it) => it.close()));
  expect(() => openDatabase({ url: "localhost" })).toThrow(TypeError);
});

async function connections(applicationName: string, query = ""): Promise<number> {
  const { rowCount } = await other.pool.query(
    "SELECT FROM pg_stat_activity WHERE application_name = $1 AND query LIKE '%' || $2 || '%'",
    [applicationName, query],
  );
  return rowCount ?? 0;
}

/** Ends the connections of an application, once one of them has come to the query. */
async function endConnections(applicationName: string, query: string): Promise<void> {
  await vi.waitUntil(async () => (await connections(applicationName, query)) > 0, {
    timeout: patienceMs,
  });
  await other.pool.query(
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = $1",
    [applicationName],
  );
}

// With `pg` alone: the Neon driver waits for timers of its own while it connects.
test.each([0, 1])("of idle connections %i are kept", async (connectionsKept) => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const { pool, close } = openDatabase({ url, driver: "pg", connectionsKept });
  try {
    await Promise.all([pool.query("SELECT 1"), pool.query("SELECT 1")]);
    expect(pool.totalCount).toBe(2);
    vi.advanceTimersByTime(60_000);
    expect(pool.totalCount).toBe(connectionsKept);
  } finally {
    vi.useRealTimers();
    await close();
  }
});
