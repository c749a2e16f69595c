import { expect, test, vi } from "vitest";
import { createTestDatabase } from "../db/testing/database.ts";
import { insertEvent, insertPerformer, insertTickets } from "../db/testing/factories.ts";
import { ChangeStream } from "./change-stream.ts";
import { messagePrefix, type Transaction } from "./collator.ts";
import { patience, uniqueSlot } from "./testing/indexer.ts";

vi.setConfig({ testTimeout: 120_000 });
const { url, database } = await createTestDatabase();
const { db, pool } = database;

test("each kind of change makes dirty what it concerns, and nothing else", async () => {
  const event = await insertEvent(db);
  const other = await insertEvent(db);
  const [ticket] = await insertTickets(db, event);
  const slot = uniqueSlot();
  await pool.query("SELECT pg_create_logical_replication_slot($1, 'pgoutput')", [slot]);
  const seen: Transaction[] = [];
  const stream = await ChangeStream.open({
    url,
    slot,
    publication: "search_pub",
    statusMs: 1_000,
    now: () => Date.now(),
    onTransaction: (it) => seen.push(it),
    onKeepalive: () => {},
  });
  const [a, b] = [String(event.id), String(other.id)];
  const next = async (change: () => Promise<unknown>) => {
    const before = seen.length;
    await change();
    await vi.waitUntil(() => seen.length > before, patience);
    const { edited, seats, refs, truncated, messages } = seen.at(-1) as Transaction;
    return [[...edited], [...seats], [...refs.keys()], [...truncated], messages];
  };
  const sql = (text: string, ...values: unknown[]) => next(() => pool.query(text, values));
  expect(await sql("UPDATE events SET name = 'x' WHERE id = $1", a)).toEqual([[a], [], [], [], []]);
  expect(await sql("UPDATE tickets SET status = 'blocked' WHERE id = $1", ticket?.id)).toEqual([
    [],
    [a],
    [],
    [],
    [],
  ]);
  expect(await sql("UPDATE tickets SET event_id = $2 WHERE id = $1", ticket?.id, b)).toEqual([
    [],
    [a, b],
    [],
    [],
    [],
  ]);
  expect(await sql("DELETE FROM tickets WHERE id = $1", ticket?.id)).toEqual([[], [b], [], [], []]);
  expect(await sql("UPDATE venues SET name = 'x' WHERE id = $1", event.venueId)).toEqual([
    [],
    [],
    [`venue:${event.venueId}`],
    [],
    [],
  ]);
  expect(await next(() => insertPerformer(db))).toEqual([[], [], [], [], []]);
  expect(await sql("DELETE FROM event_performers WHERE event_id = $1", b)).toEqual([
    [b],
    [],
    [],
    [],
    [],
  ]);
  expect(await sql("SELECT pg_logical_emit_message(true, $1, 'hello')", messagePrefix)).toEqual([
    [],
    [],
    [],
    [],
    ["hello"],
  ]);
  expect(await sql("TRUNCATE tickets CASCADE")).toEqual([[], [], [], ["tickets"], []]);
  await stream.close();
});
