import { eq, sql } from "drizzle-orm";
import { expect, onTestFinished, test, vi } from "vitest";
import { events, performers, tickets } from "../../db/schema/catalogue.ts";
import { insertEvent, insertPerformer, insertTickets } from "../../db/testing/factories.ts";
import { parseLsn } from "../lsn.ts";
import { readSlot } from "../slot.ts";
import { isImport } from "../testing/fault-proxy.ts";
import { converged, indexed, patience } from "../testing/indexer.ts";
import { metricOf, openLab } from "../testing/lab.ts";
import { startTcpProxy } from "../testing/tcp-proxy.ts";

vi.setConfig({ testTimeout: 120_000 });
const lab = await openLab();
const { db, pool } = lab.database;

test("while the search server hangs, the slot stays at the oldest unwritten change", async () => {
  const event = await insertEvent(db);
  const env = lab.env({ STATUS_MS: "100", IMPORT_TIMEOUT_MS: "30000" });
  const indexer = await lab.start(env);
  await converged(indexer.deps);
  lab.proxy.set({ kind: "hang" }, isImport);
  const { rows } = await pool.query<{ lsn: string }>(
    "SELECT pg_current_wal_insert_lsn()::text AS lsn",
  );
  const before = parseLsn(rows[0]?.lsn ?? "");
  await db.update(events).set({ name: "Blocked" }).where(eq(events.id, event.id));
  const committed = await logEnd();
  // Many status messages later, and with more log behind the blocked change:
  await vi.waitUntil(() => statusCount(env.SLOT_NAME, committed, 5), patience);
  const slot = await readSlot(pool, env.SLOT_NAME);
  expect(slot.status === "usable" && slot.confirmed >= before - 1n).toBe(true);
  expect(slot.status === "usable" && slot.confirmed < committed).toBe(true);
  lab.proxy.set(null);
  await indexer.stop().catch(() => {});
});

test("a connection that the server ends is replaced, and nothing in between is lost", async () => {
  const event = await insertEvent(db);
  await insertTickets(db, event, { rows: 10, seatsPerRow: 10 });
  const env = lab.env();
  const indexer = await lab.start(env);
  for (let cut = 0; cut < 5; cut += 1) {
    const seen = await metricOf(indexer, "indexer_transactions_total");
    await Promise.all(
      Array.from({ length: 50 }, (_, turn) =>
        db
          .update(events)
          .set({ name: `Turn ${cut}-${turn}` })
          .where(eq(events.id, event.id)),
      ),
    );
    await vi.waitUntil(
      async () => (await metricOf(indexer, "indexer_transactions_total")) > seen,
      patience,
    );
    await pool.query(
      "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = $1 AND active",
      [env.SLOT_NAME],
    );
  }
  await converged(indexer.deps);
  expect(await metricOf(indexer, "indexer_reconnects_total")).toBeGreaterThan(0);
});

test("connections that fall silent without an end are given up, and nothing in between is lost", async () => {
  const event = await insertEvent(db);
  const url = new URL(lab.databaseUrl);
  const proxy = await startTcpProxy(Number(url.port));
  onTestFinished(() => proxy.close());
  url.port = String(proxy.port);
  const name = url.pathname.slice(1);
  // The server's end of a silent stream holds the slot until the server gives it up as well.
  await pool.query(`ALTER DATABASE ${name} SET wal_sender_timeout = '2s'`);
  const indexer = await lab.start(
    lab.env({ DATABASE_URL: url.href, HB_LOST_MS: "2000", QUERY_TIMEOUT_MS: "2000" }),
  );
  await pool.query(`ALTER DATABASE ${name} RESET wal_sender_timeout`);
  await converged(indexer.deps);
  proxy.silence();
  await db.update(events).set({ name: "In the silence" }).where(eq(events.id, event.id));
  await converged(indexer.deps);
  expect(await metricOf(indexer, "indexer_reconnects_total")).toBeGreaterThan(0);
  expect((await indexed(indexer.deps)).get(String(event.id))).toContain("In the silence");
});

test("a ticket that moves and one that is deleted are counted where they were and where they are", async () => {
  const [from, to] = [await insertEvent(db), await insertEvent(db)];
  const [first, second] = await insertTickets(db, from);
  const { deps } = await lab.start(lab.env());
  await db
    .update(tickets)
    .set({ eventId: to.id })
    .where(eq(tickets.id, first?.id ?? 0n));
  await db.delete(tickets).where(eq(tickets.id, second?.id ?? 0n));
  await converged(deps);
  const documents = await indexed(deps);
  expect(documents.get(String(from.id))).toContain('"available":8');
  expect(documents.get(String(to.id))).toContain('"available":1');
});

test(
  "20,000 tickets, each in a transaction of its own, are all counted",
  { timeout: 180_000 },
  async () => {
    const made = await Promise.all([1, 2, 3, 4].map(() => insertEvent(db)));
    const indexer = await lab.start(lab.env());
    await Promise.all(
      Array.from({ length: 8 }, async (_, client) => {
        for (let turn = 0; turn < 2_500; turn += 1) {
          await pool.query(
            `INSERT INTO tickets (event_id, section, "row", seat, row_index, seat_index, price, currency)
           VALUES ($1, 'A', $2, $3, 1, 1, 100, 'GBP')`,
            [made[turn % 4]?.id, String(client), String(turn)],
          );
        }
      }),
    );
    await converged(indexer.deps, 120_000);
    const documents = await indexed(indexer.deps);
    for (const { id } of made) expect(documents.get(String(id))).toContain('"available":5000');
    // The last messages may still be on their way: their rows were read already.
    await vi.waitUntil(
      async () => (await metricOf(indexer, "indexer_row_changes_total")) === 20_000,
      patience,
    );
    expect(await metricOf(indexer, "indexer_documents_total")).toBeLessThan(2_000);
  },
);

test("emptied tables, and a large value that did not change, are followed", async () => {
  const support = await insertPerformer(db);
  const event = await insertEvent(db, { description: "long ".repeat(4_000) }, [support.id]);
  await insertTickets(db, event);
  const { deps } = await lab.start(lab.env());
  await db.update(events).set({ name: "Same description" }).where(eq(events.id, event.id));
  await converged(deps);
  await db.execute(sql`TRUNCATE tickets CASCADE`);
  await converged(deps);
  expect((await indexed(deps)).get(String(event.id))).toContain('"available":0');
  await db.execute(sql`TRUNCATE event_performers`);
  await converged(deps);
  const before = await deps.collections.current();
  await db.execute(sql`TRUNCATE events CASCADE`);
  await vi.waitFor(async () => expect((await indexed(deps)).size).toBe(0), patience);
  expect(await deps.collections.current()).not.toBe(before);
  const next = await insertEvent(db);
  await vi.waitFor(
    async () => expect([...(await indexed(deps)).keys()]).toEqual([String(next.id)]),
    patience,
  );
});

test("an event that gets another id is found under the new one only", async () => {
  const { venueId, performerId } = await insertEvent(db);
  // Without tickets and a billing of its own, which would hold on to the old id.
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO events (venue_id, performer_id, name, status, starts_at, ends_at, on_sale_at)
     VALUES ($1, $2, 'Renumbered', 'published', now() + interval '9 days', now() + interval '10 days', now())
     RETURNING id::text`,
    [venueId, performerId],
  );
  const before = rows[0]?.id ?? "";
  const { deps } = await lab.start(lab.env());
  await converged(deps);
  expect((await indexed(deps)).has(before)).toBe(true);
  // Ids are always generated: DEFAULT is the only value that they can be set to.
  const changed = await pool.query<{ id: string }>(
    "UPDATE events SET id = DEFAULT WHERE id = $1 RETURNING id::text",
    [before],
  );
  await converged(deps);
  const ids = [...(await indexed(deps)).keys()];
  expect(ids).toContain(changed.rows[0]?.id);
  expect(ids).not.toContain(before);
});

test("a new column changes nothing; a column that documents need stops everything until it is back", async () => {
  const performer = await insertPerformer(db);
  await insertEvent(db, { performerId: performer.id });
  const { deps } = await lab.start(lab.env());
  await db.execute(sql`ALTER TABLE performers ADD COLUMN shoe_size int`);
  await db.update(performers).set({ name: "Renamed" }).where(eq(performers.id, performer.id));
  await converged(deps);
  // Triggers of the tables' own search use the column, too.
  await db.execute(sql`ALTER TABLE performers DISABLE TRIGGER USER`);
  await db.execute(sql`ALTER TABLE performers RENAME COLUMN alternate_names TO other_names`);
  await vi.waitUntil(() => deps.status.state.name === "halted", patience);
  await db.execute(sql`UPDATE performers SET name = 'Meanwhile'`);
  await db.execute(sql`ALTER TABLE performers RENAME COLUMN other_names TO alternate_names`);
  await db.execute(sql`ALTER TABLE performers ENABLE TRIGGER USER`);
  await vi.waitUntil(() => deps.status.state.name === "streaming", patience);
  await converged(deps);
  expect([...(await indexed(deps)).values()].every((it) => it.includes("Meanwhile"))).toBe(true);
});

test(
  "a busy table that is not published does not hold the slot back",
  { timeout: 120_000 },
  async () => {
    await insertEvent(db);
    const env = lab.env({ STATUS_MS: "200" });
    const { deps } = await lab.start(env);
    await converged(deps);
    await pool.query("CREATE TABLE unpublished (filler text)");
    const first = await logEnd();
    await pool.query(
      "INSERT INTO unpublished SELECT repeat('x', 1000) FROM generate_series(1, 50000)",
    );
    expect(Number((await logEnd()) - first)).toBeGreaterThan(50_000_000);
    await vi.waitFor(async () => {
      const slot = await readSlot(pool, env.SLOT_NAME);
      expect(slot.status === "usable" && slot.lagBytes).toBeLessThan(1_000_000);
    }, patience);
    expect(await metricOf({ deps, stop: async () => {} }, "indexer_reconnects_total")).toBe(0);
  },
);

async function logEnd(): Promise<bigint> {
  const { rows } = await pool.query<{ lsn: string }>(
    "SELECT pg_current_wal_insert_lsn()::text AS lsn",
  );
  return parseLsn(rows[0]?.lsn ?? "");
}

const replies = new Map<string, Set<string>>();

/** Whether the server has had this many answers since it sent everything up to `sent`. */
async function statusCount(slot: string, sent: bigint, count: number): Promise<boolean> {
  const { rows } = await pool.query<{ reply: string; sent: string }>(
    `SELECT reply_time::text AS reply, sent_lsn::text AS sent FROM pg_stat_replication
     WHERE pid = (SELECT active_pid FROM pg_replication_slots WHERE slot_name = $1)`,
    [slot],
  );
  const [row] = rows;
  if (!row || parseLsn(row.sent) < sent) return false;
  const seen = replies.get(slot) ?? new Set();
  replies.set(slot, seen.add(row.reply));
  return seen.size >= count;
}
