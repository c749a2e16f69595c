import { eq, inArray, sql } from "drizzle-orm";
import { expect, test, vi } from "vitest";
import { events } from "../../db/schema/catalogue.ts";
import { insertEvent, insertPerformer, insertVenue } from "../../db/testing/factories.ts";
import { readSlot } from "../slot.ts";
import { askIndexer, readRequest } from "../requests.ts";
import { isImport } from "../testing/fault-proxy.ts";
import { converged, indexed, patience, startIndexer } from "../testing/indexer.ts";
import { metricOf, openLab } from "../testing/lab.ts";

vi.setConfig({ testTimeout: 120_000 });
const lab = await openLab();
const { db, pool } = lab.database;
const venue = await insertVenue(db);
const performer = await insertPerformer(db);
const ids: bigint[] = [];
for (let made = 0; made < 500; made += 1) {
  ids.push((await insertEvent(db, { venueId: venue.id, performerId: performer.id })).id);
}

test("through an outage the connection stays, memory is bounded, and afterwards everything is there", async () => {
  // Shorter than the usual minute, so that a silent client is found out soon.
  const name = new URL(lab.databaseUrl).pathname.slice(1);
  await pool.query(`ALTER DATABASE ${name} SET wal_sender_timeout = '3s'`);
  const indexer = await lab.start(lab.env({ MAX_DIRTY: "50", STATUS_MS: "300" }));
  await pool.query(`ALTER DATABASE ${name} RESET wal_sender_timeout`);
  await converged(indexer.deps);
  lab.proxy.set({ kind: "status", code: 503 }, isImport);
  const started = performance.now();
  for (const id of ids) await db.update(events).set({ name: "Outage" }).where(eq(events.id, id));
  await vi.waitUntil(() => indexer.deps.status.paused, patience);
  expect(indexer.deps.status.state.name).toBe("sink-down");
  expect(await metricOf(indexer, "indexer_dirty_keys")).toBeLessThan(ids.length);
  await vi.waitUntil(() => performance.now() - started > 8_000, patience);
  lab.proxy.set(null);
  await converged(indexer.deps);
  await vi.waitUntil(() => indexer.deps.status.state.name === "streaming", patience);
  expect(indexer.deps.status.paused).toBe(false);
  expect(await metricOf(indexer, "indexer_reconnects_total")).toBe(0);
  expect(await metricOf(indexer, "indexer_dead_letters")).toBe(0);
});

test("while the search server is down and nothing changes, that is said without a break", async () => {
  const indexer = await lab.start(lab.env({ SWEEP_MS: "100" }));
  await converged(indexer.deps);
  const entered = vi.spyOn(indexer.deps.status, "enter");
  lab.proxy.set({ kind: "status", code: 503 });
  await vi.waitUntil(
    async () => (await metricOf(indexer, "indexer_sink_unavailable_total")) >= 5,
    patience,
  );
  lab.proxy.set(null);
  await vi.waitUntil(() => indexer.deps.status.state.name === "streaming", patience);
  expect(entered.mock.calls.map(([state]) => state.name)).toEqual(["sink-down", "streaming"]);
});

test.each([
  ["never answers", { kind: "hang" } as const],
  ["is out of memory", { kind: "status", code: 422 } as const],
  ["ends the connection after it has written", { kind: "reset" } as const],
  ["answers for fewer documents than it was sent", { kind: "fewer-lines" } as const],
])("a search server that %s is tried again, and no document is given up", async (name, fault) => {
  const indexer = await lab.start(lab.env({ IMPORT_TIMEOUT_MS: "500" }));
  await converged(indexer.deps);
  lab.proxy.set(fault, isImport);
  await db
    .update(events)
    .set({ name })
    .where(inArray(events.id, ids.slice(0, 20)));
  await vi.waitUntil(
    async () => (await metricOf(indexer, "indexer_sink_unavailable_total")) >= 3,
    patience,
  );
  lab.proxy.set(null);
  await converged(indexer.deps);
  expect(await metricOf(indexer, "indexer_dead_letters")).toBe(0);
  expect(await metricOf(indexer, "indexer_reconnects_total")).toBe(0);
});

test("one document that is refused is kept aside, all others are indexed, and the slot moves on", async () => {
  const env = lab.env();
  const indexer = await lab.start(env);
  await converged(indexer.deps);
  const poisoned = String(ids[7]);
  lab.proxy.set({ kind: "poison", ids: [poisoned] }, isImport);
  await db.update(events).set({ name: "One is bad" });
  await vi.waitUntil(async () => (await metricOf(indexer, "indexer_dead_letters")) === 1, patience);
  await vi.waitFor(async () => {
    const documents = await indexed(indexer.deps);
    const renamed = [...documents].filter(([, text]) => text.includes("One is bad"));
    expect(renamed).toHaveLength(ids.length - 1);
  }, patience);
  const { rows } = await pool.query("SELECT doc_id, code, attempts FROM indexer_dead_letter");
  expect(rows).toEqual([{ doc_id: poisoned, code: 400, attempts: 1 }]);
  await vi.waitFor(async () => {
    const slot = await readSlot(pool, env.SLOT_NAME);
    expect(slot.status === "usable" && slot.lagBytes).toBeLessThan(100_000);
  }, patience);
  expect(indexer.deps.status.state.name).toBe("streaming");

  lab.proxy.set(null);
  const request = await askIndexer(pool, env.SLOT_NAME, "retry-dead-letters");
  await vi.waitUntil(async () => (await readRequest(pool, request))?.status === "done", patience);
  await converged(indexer.deps);
  expect((await pool.query("SELECT FROM indexer_dead_letter")).rowCount).toBe(0);
});

test("when most documents are refused it stops instead of giving them up, and goes on when they fit again", async () => {
  const indexer = await lab.start(lab.env());
  await converged(indexer.deps);
  lab.proxy.set({ kind: "poison" }, isImport);
  await db.update(events).set({ name: "All are bad" });
  await vi.waitUntil(() => indexer.deps.status.state.name === "halted", patience);
  const { state } = indexer.deps.status;
  expect(state.name === "halted" && state.reason).toBe("mass-failure");
  expect((await pool.query("SELECT FROM indexer_dead_letter")).rowCount).toBeLessThan(50);
  lab.proxy.set(null);
  await converged(indexer.deps);
  await vi.waitUntil(() => indexer.deps.status.state.name === "streaming", patience);
});

test("a collection that is deleted behind its back is built anew", async () => {
  const indexer = await lab.start(lab.env());
  await converged(indexer.deps);
  const live = await indexer.deps.collections.current();
  await fetch(`${lab.typesense.url}/collections/${live}`, {
    method: "DELETE",
    headers: { "x-typesense-api-key": lab.typesense.apiKey },
  });
  await db.update(events).set({ name: "Anew" });
  await converged(indexer.deps);
  expect(await indexer.deps.collections.current()).not.toBe(live);
});

test("an alias that was moved by hand is noticed while nothing changes, and readers get a collection that is right", async () => {
  const env = lab.env();
  const indexer = await lab.start(env);
  await converged(indexer.deps);
  const old = await indexer.deps.collections.current();
  const request = await askIndexer(pool, env.SLOT_NAME, "rebuild");
  await vi.waitUntil(async () => (await readRequest(pool, request))?.status === "done", patience);
  await db.update(events).set({ name: "Only in the newer one" });
  await converged(indexer.deps);
  await indexer.deps.collections.swap(old ?? "");
  await converged(indexer.deps);
  expect(await indexer.deps.collections.current()).not.toBe(old);
});

test("a key that the search server refuses stops everything until it is right, and says so", async () => {
  const { deps } = await startIndexer(lab.env({ TYPESENSE_API_KEY: "wrong" }));
  await vi.waitUntil(() => deps.status.state.name === "halted", patience);
  const { state } = deps.status;
  expect(state.name === "halted" && state.reason).toBe("sink-refused");
});

test("a password that the database refuses stops everything until it is right, and says so", async () => {
  const url = new URL(lab.databaseUrl);
  url.password = "wrong";
  const { deps } = await startIndexer(lab.env({ DATABASE_URL: url.href }));
  await vi.waitUntil(() => deps.status.state.name === "halted", patience);
  const { state } = deps.status;
  expect(state.name === "halted" && state.reason).toBe("database-refused");
});

test("reconciliation finds and mends what somebody else wrote, deleted or added", async () => {
  const env = lab.env();
  const indexer = await lab.start(env);
  await converged(indexer.deps);
  const live = await indexer.deps.collections.current();
  const documents = `${lab.typesense.url}/collections/${live}/documents`;
  const headers = { "x-typesense-api-key": lab.typesense.apiKey };
  const stored = await (await fetch(`${documents}/${ids[0]}`, { headers })).json();
  const bodies = [
    { ...(stored as object), name: "Tampered" },
    { ...(stored as object), id: "999999999", ord: 999_999_999 },
  ];
  for (const body of bodies) {
    const answer = await fetch(`${documents}?action=upsert`, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
    expect(answer.ok).toBe(true);
  }
  await fetch(`${documents}/${ids[1]}`, { method: "DELETE", headers });
  const request = await askIndexer(pool, env.SLOT_NAME, "reconcile");
  await vi.waitUntil(async () => (await readRequest(pool, request))?.status === "done", patience);
  await converged(indexer.deps);
  expect((await readRequest(pool, request))?.outcome).toBe("500 compared, 3 mended");
  expect(await metricOf(indexer, "indexer_drift_total")).toBe(3);
});

test("a running catalogue has nothing to mend", async () => {
  const env = lab.env();
  await lab.start(env);
  const request = await askIndexer(pool, env.SLOT_NAME, "reconcile");
  let turn = 0;
  await vi.waitUntil(async () => {
    turn += 1;
    await db.execute(sql`UPDATE events SET name = ${`Turn ${turn}`} WHERE id % 7 = ${turn % 7}`);
    return (await readRequest(pool, request))?.status === "done";
  }, patience);
  expect((await readRequest(pool, request))?.outcome).toBe("500 compared, 0 mended");
});

test("an event that begins is marked as past without any change of its row", async () => {
  const indexer = await lab.start(lab.env({ SWEEP_MS: "200" }));
  const soon = await insertEvent(db, { startsAt: new Date(Date.now() + 3_000) });
  await vi.waitFor(async () => {
    expect((await indexed(indexer.deps)).get(String(soon.id))).toContain('"past":false');
  }, patience);
  await vi.waitFor(async () => {
    expect((await indexed(indexer.deps)).get(String(soon.id))).toContain('"past":true');
  }, patience);
  await db.delete(events).where(eq(events.id, soon.id));
});
