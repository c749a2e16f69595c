import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { eq } from "drizzle-orm";
import { expect, onTestFinished, test, vi } from "vitest";
import { ChangeBatch } from "../../contracts/changes.ts";
import { events, venues } from "../../db/schema/catalogue.ts";
import { insertEvent, insertTickets, insertVenue } from "../../db/testing/factories.ts";
import { isImport, type SeenRequest } from "../testing/fault-proxy.ts";
import { converged, indexed, patience } from "../testing/indexer.ts";
import { metricOf, openLab } from "../testing/lab.ts";

vi.setConfig({ testTimeout: 240_000 });
const lab = await openLab();
const { db, pool } = lab.database;

/** As in production: the tests' own shorter times would write more often. */
const gentle = { AVAIL_GAP_MS: "1000", AVAIL_DEBOUNCE_MS: "500", AVAIL_MAX_WAIT_MS: "2000" };
const stadium = 60_000;

test("an event on sale is written at most once a second, and its last count is exact", async () => {
  const event = await insertEvent(db);
  await insertStadium(event.id);
  const indexer = await lab.start(lab.env(gentle));
  await converged(indexer.deps);
  const sent = lab.proxy.seen.length;
  const started = performance.now();
  await sellOut(event.id);
  await converged(indexer.deps);
  const seconds = (performance.now() - started) / 1_000;
  const writes = lab.proxy.seen.slice(sent).filter((request) => writesEvent(request, event.id));
  expect(writes.length).toBeLessThanOrEqual(seconds + 2);
  expect((await indexed(indexer.deps)).get(String(event.id))).toContain('"available":0');
});

test("a venue of 5,000 events that is renamed, and again midway, is right in all of them, and no other edit waits for that", async () => {
  const venue = await insertVenue(db, { name: "First name" });
  const [other, onSale] = [await insertEvent(db), await insertEvent(db)];
  await insertStadium(onSale.id);
  await pool.query(
    `INSERT INTO events (venue_id, performer_id, name, status, starts_at, ends_at, on_sale_at)
     SELECT $1, $2, 'Evening ' || n, 'published', now() + interval '9 days', now() + interval '10 days', now()
     FROM generate_series(1, 5000) n`,
    [venue.id, other.performerId],
  );
  const indexer = await lab.start(lab.env({ ...gentle, FANOUT_DPS: "1000" }));
  await converged(indexer.deps);
  const sent = lab.proxy.seen.length;
  const imports = () => lab.proxy.seen.slice(sent).filter(isImport);
  const mention = (text: string) => imports().some((request) => request.body.includes(text));
  const selling = sellOut(onSale.id);
  await db.update(venues).set({ name: "Second name" }).where(eq(venues.id, venue.id));
  await vi.waitUntil(() => mention("Second name"), patience);
  await db.update(venues).set({ name: "Third name" }).where(eq(venues.id, venue.id));
  await vi.waitUntil(() => mention("Third name"), patience);
  await db.update(events).set({ name: "Not in the queue" }).where(eq(events.id, other.id));
  await selling;
  await converged(indexer.deps, 120_000);
  const documents = [...(await indexed(indexer.deps)).values()];
  expect(documents.filter((it) => it.includes("Third name"))).toHaveLength(5_000);
  expect(documents.filter((it) => it.includes("Second name"))).toEqual([]);
  const edited = imports().findIndex((request) => request.body.includes("Not in the queue"));
  const last = imports().findLastIndex((request) => request.body.includes("Third name"));
  expect(edited).toBeLessThan(last);
});

test("a change of a venue that no document shows rebuilds nothing", async () => {
  const venue = await insertVenue(db);
  await insertEvent(db, { venueId: venue.id });
  const indexer = await lab.start(lab.env());
  await db.update(venues).set({ name: "Known" }).where(eq(venues.id, venue.id));
  await converged(indexer.deps);
  const written = await metricOf(indexer, "indexer_documents_total");
  const seen = await metricOf(indexer, "indexer_row_changes_total");
  await db.update(venues).set({ capacity: 12 }).where(eq(venues.id, venue.id));
  await vi.waitUntil(
    async () => (await metricOf(indexer, "indexer_row_changes_total")) > seen,
    patience,
  );
  // Everything that the change could have led to is behind this edit.
  const [{ id } = { id: 0n }] = await db.select({ id: events.id }).from(events).limit(1);
  await db.update(events).set({ name: "Marker" }).where(eq(events.id, id));
  await converged(indexer.deps);
  expect(await metricOf(indexer, "indexer_documents_total")).toBe(written + 1);
});

test("the edge is told after the write; while it is down or limits us, indexing goes on", async () => {
  const batches: ChangeBatch[] = [];
  let status = 429;
  const edge = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (status === 204)
      batches.push(ChangeBatch.parse(JSON.parse(Buffer.concat(chunks).toString())));
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => edge.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    edge.closeAllConnections();
    edge.close();
  });
  const event = await insertEvent(db);
  await insertTickets(db, event);
  const indexer = await lab.start(
    lab.env({
      EDGE_URL: `http://127.0.0.1:${(edge.address() as AddressInfo).port}`,
      EDGE_SIGNING_KEYS: JSON.stringify({ k1: "cd".repeat(32) }),
    }),
  );
  await converged(indexer.deps);
  await db.update(events).set({ name: "Limited", version: 2 }).where(eq(events.id, event.id));
  await converged(indexer.deps);
  await vi.waitUntil(
    async () => (await metricOf(indexer, "indexer_edge_batches_total")) > 1,
    patience,
  );
  expect(batches).toEqual([]);
  expect(indexer.deps.status.state.name).toBe("streaming");
  status = 204;
  const changes = () => batches.flatMap((batch) => batch.changes);
  const eventId = String(event.id);
  await vi.waitFor(() => {
    expect(changes()).toContainEqual({ kind: "event", eventId, version: 2 });
  }, patience);
  await pool.query("UPDATE tickets SET status = 'blocked' WHERE event_id = $1", [event.id]);
  await db.update(venues).set({ name: "Told" }).where(eq(venues.id, event.venueId));
  await vi.waitFor(() => {
    expect(changes()).toContainEqual({ kind: "seats", eventId });
    expect(changes()).toContainEqual({ kind: "venue", venueId: String(event.venueId) });
  }, patience);
  await db.update(events).set({ status: "cancelled" }).where(eq(events.id, event.id));
  await vi.waitFor(() => {
    expect(changes()).toContainEqual({ kind: "event", eventId, version: null });
  }, patience);
});

async function insertStadium(event: bigint): Promise<void> {
  await pool.query(
    `INSERT INTO tickets (event_id, section, "row", seat, row_index, seat_index, price, currency)
     SELECT $1, 'A', (s / 100)::text, (s % 100)::text, s / 100, s % 100, 100, 'GBP'
     FROM generate_series(0, $2::int - 1) s`,
    [event, stadium],
  );
  // As the server does by itself at some time; plans are worst between this and a vacuum (decision 0143).
  await pool.query("ANALYZE tickets");
}

/** Every ticket in a transaction of its own, by eight clients at once. */
async function sellOut(event: bigint): Promise<void> {
  const { rows } = await pool.query<{ id: string }>(
    "SELECT id::text FROM tickets WHERE event_id = $1 ORDER BY tickets.id",
    [event],
  );
  await Promise.all(
    Array.from({ length: 8 }, async (_, client) => {
      for (let at = client; at < rows.length; at += 8) {
        await pool.query("UPDATE tickets SET status = 'blocked' WHERE id = $1", [rows[at]?.id]);
      }
    }),
  );
}

function writesEvent(request: SeenRequest, event: bigint): boolean {
  return isImport(request) && request.body.includes(`"id":"${event}"`);
}
