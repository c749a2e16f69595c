import { eq } from "drizzle-orm";
import pg from "pg";
import { expect, inject, test, vi } from "vitest";
import { tickets } from "../schema/catalogue.ts";
import { cloneDatabase, createTestDatabase } from "./database.ts";
import { insertEvent, insertPerformer, insertTickets } from "./factories.ts";

const { database } = await createTestDatabase();

test("a test database is migrated, empty and carries the publication", async () => {
  const { rows } = await database.pool.query(
    "SELECT (SELECT count(*)::int FROM events) AS events, (SELECT count(*)::int FROM pg_publication) AS publications",
  );
  expect(rows).toEqual([{ events: 0, publications: 1 }]);
});

test("databases made at the same time are separate, and gone after the drop", async () => {
  const made = await Promise.all([1, 2, 3].map(() => cloneDatabase(inject("databaseUrl"))));
  const [first, second] = made;
  await insertPerformer(first?.database.db ?? database.db);
  const count = await second?.database.pool.query("SELECT count(*)::int AS n FROM performers");
  expect(count?.rows).toEqual([{ n: 0 }]);
  await Promise.all(made.map((it) => it.drop()));
  const names = made.map((it) => new URL(it.url).pathname.slice(1));
  const { rows } = await database.pool.query(
    "SELECT FROM pg_database WHERE datname = ANY($1::text[])",
    [names],
  );
  expect(rows).toEqual([]);
});

test("a database that is being replicated can be dropped", async () => {
  const made = await cloneDatabase(inject("databaseUrl"));
  const slot = new URL(made.url).pathname.slice(1);
  await made.database.pool.query("SELECT pg_create_logical_replication_slot($1, 'pgoutput')", [
    slot,
  ]);
  const reader = new pg.Client({ connectionString: `${made.url}?replication=database` });
  reader.on("error", () => {});
  await reader.connect();
  const stream = reader.query(
    `START_REPLICATION SLOT ${slot} LOGICAL 0/0 (proto_version '1', publication_names 'search_pub')`,
  );
  const ended = stream.catch((error: unknown) => error);
  await vi.waitUntil(async () => (await slots(slot))[0]?.active, { timeout: 25_000 });
  await made.drop();
  expect(await ended).toBeInstanceOf(Error);
  expect(await slots(slot)).toEqual([]);
});

test("the factories make an event with its performers and as many tickets as the shape says", async () => {
  const support = await insertPerformer(database.db, { name: "Support" });
  const event = await insertEvent(database.db, {}, [support.id]);
  const made = await insertTickets(database.db, event, {
    sections: ["N", "S"],
    rows: 28,
    seatsPerRow: 3,
  });
  expect(made).toHaveLength(168);
  expect(made[0]).toMatchObject({ section: "N", row: "A", seat: "1", rowIndex: 0, seatIndex: 0 });
  expect(made[83]).toMatchObject({
    section: "N",
    row: "AB",
    seat: "3",
    rowIndex: 27,
    seatIndex: 2,
  });
  expect(await database.db.$count(tickets, eq(tickets.eventId, event.id))).toBe(168);
});

async function slots(name: string): Promise<{ active: boolean }[]> {
  const { rows } = await database.pool.query<{ active: boolean }>(
    "SELECT active FROM pg_replication_slots WHERE slot_name = $1",
    [name],
  );
  return rows;
}
