import { afterAll, expect, test, vi } from "vitest";
import { createTestDatabase } from "../db/testing/database.ts";
import { ChangeStream } from "./change-stream.ts";
import type { Transaction } from "./collator.ts";
import { codeOf, sqlState } from "./errors.ts";
import type { Lsn } from "./lsn.ts";
import { dropSlot, readSlot } from "./slot.ts";
import { patience, uniqueSlot } from "./testing/indexer.ts";

vi.setConfig({ testTimeout: 120_000 });
const { url, database } = await createTestDatabase();
const { pool } = database;
const slot = uniqueSlot();
await pool.query("SELECT pg_create_logical_replication_slot($1, 'pgoutput')", [slot]);
afterAll(() => vi.waitFor(() => dropSlot(pool, slot), patience));

await pool.query(
  "INSERT INTO venues (name, city, country, time_zone) SELECT 'v', '', 'GB', 'UTC' FROM generate_series(1, 8)",
);

test("confirming each commit to its end loses none that begins right there, however often it reconnects", async () => {
  const commits = 4_000;
  const seen = new Set<string>();
  let last: Lsn = 0n;
  let adjacent = 0;
  const writing = Promise.all(
    Array.from({ length: 8 }, async (_, client) => {
      for (let turn = 0; turn < commits / 8; turn += 1) {
        await rename(client, `${client}-${turn}`);
      }
    }),
  );
  while (seen.size < commits) {
    const goal = Math.min(commits, seen.size + 300);
    const stream = await open({
      onTransaction: (transaction, self) => {
        if (transaction.commitLsn === last) adjacent += 1;
        last = transaction.endLsn;
        for (const ref of transaction.refs.values()) seen.add(ref ?? "");
        self?.confirm(transaction.endLsn);
      },
    });
    await vi.waitUntil(() => seen.size >= goal, patience);
    await stream.close();
  }
  await writing;
  expect(seen.size).toBe(commits);
  // Else the test would prove nothing.
  expect(adjacent).toBeGreaterThan(0);
});

test("what was received but not confirmed comes again", async () => {
  const first: string[] = [];
  const stream = await open({ onTransaction: ({ refs }) => first.push(...refs.keys()) });
  for (let turn = 0; turn < 3; turn += 1) {
    await rename(0, "x");
  }
  await vi.waitUntil(() => first.length >= 3, patience);
  await stream.close();
  const again: string[] = [];
  const next = await open({ onTransaction: ({ refs }) => again.push(...refs.keys()) });
  await vi.waitUntil(() => again.length >= 3, patience);
  expect(again.slice(0, 3)).toEqual(first.slice(0, 3));
  await next.close();
});

test("a second reader of the slot is told that it is in use", async () => {
  const stream = await open({});
  const second = await vi.waitFor(() => open({}).then(() => null, codeOf), patience);
  expect(second).toBe(sqlState.objectInUse);
  await stream.close();
});

test("a failing handler ends the stream: nothing behind it is delivered", async () => {
  const seen: Transaction[] = [];
  const stream = await open({
    onTransaction: (transaction) => {
      seen.push(transaction);
      throw new Error("handler");
    },
  });
  await rename(0, "y");
  expect((await stream.ended)?.message).toBe("handler");
  expect(seen).toHaveLength(1);
  await stream.close();
});

test("the slot moves to exactly what was confirmed", async () => {
  const ends: Lsn[] = [];
  const stream = await open({ onTransaction: ({ endLsn }) => ends.push(endLsn) });
  await rename(0, "z");
  await vi.waitUntil(() => ends.length > 0, patience);
  const end = ends[0] ?? 0n;
  stream.confirm(end);
  await vi.waitFor(async () => {
    const health = await readSlot(pool, slot);
    expect(health.status === "usable" && health.confirmed).toBe(end);
  }, patience);
  await stream.close();
});

async function rename(venue: number, name: string): Promise<void> {
  await pool.query("UPDATE venues SET name = $2 WHERE id = $1", [venue + 1, name]);
}

async function open(handlers: {
  onTransaction?: (transaction: Transaction, stream: ChangeStream | undefined) => void;
}): Promise<ChangeStream> {
  let stream: ChangeStream | undefined;
  const attempt = () =>
    ChangeStream.open({
      url,
      slot,
      publication: "search_pub",
      statusMs: 1_000,
      now: () => Date.now(),
      onTransaction: (transaction) => handlers.onTransaction?.(transaction, stream),
      onKeepalive: () => {},
    });
  stream = await attempt();
  return stream;
}
