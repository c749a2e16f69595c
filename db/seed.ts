import { sql } from "drizzle-orm";
import type { Database, Db } from "./client.ts";
import { storeEvents } from "./import/store-events.ts";
import { makeProgramme, type ProgrammeEvent } from "./programme/programme.ts";
import { sellTickets } from "./programme/sell-tickets.ts";
import { queryRows } from "./rows.ts";
import { withTransaction } from "./transaction.ts";

export interface SeedOptions {
  /** What the programme's dates follow. */
  readonly now: Date;
  readonly onProgress?: (progress: SeedProgress) => void;
}

export interface SeedProgress {
  readonly events: number;
  readonly eventsTotal: number;
  readonly tickets: number;
}

/** Events stored between two reports of progress. */
const batchEvents = 60;

/** Any constant: of several processes that start at once, one seeds. */
const seedLock = 7_305_193_004;

/**
 * Loads the built-in programme, whole or not at all: at least 300 events, one of them with 60,000 seats.
 * @returns how many events and tickets were made: none when the programme, or a part of it, is there already
 */
export async function seedProgramme(
  { db, pool }: Pick<Database, "db" | "pool">,
  { now, onProgress }: SeedOptions,
): Promise<{ events: number; tickets: number }> {
  const made = await withTransaction(db, async (tx) => {
    await tx.execute(sql`SELECT pg_advisory_xact_lock(${seedLock})`);
    if (await isSeeded(tx)) return { events: 0, tickets: 0 };
    const programme = makeProgramme(now);
    let events = 0;
    let tickets = 0;
    for (let at = 0; at < programme.length; at += batchEvents) {
      const batch = programme.slice(at, at + batchEvents);
      tickets += await storeBatch(tx, batch, now);
      events += batch.length;
      onProgress?.({ events, eventsTotal: programme.length, tickets });
    }
    return { events, tickets };
  });
  // The planner would otherwise think that the tables are empty, until autovacuum comes round.
  if (made.events > 0) {
    await pool.query("ANALYZE venues, performers, events, event_performers, tickets, bookings");
  }
  return made;
}

async function isSeeded(tx: Db): Promise<boolean> {
  const found = await queryRows(
    tx,
    sql`SELECT FROM events WHERE import_key LIKE 'programme:%' LIMIT 1`,
  );
  return found.length > 0;
}

async function storeBatch(tx: Db, batch: readonly ProgrammeEvent[], now: Date): Promise<number> {
  const facts = batch.map((it) => it.facts);
  const { ids, tickets } = await storeEvents(tx, facts, { now, accessible: true });
  const sales = batch.map(({ facts: { key }, ...rest }) => ({ ...rest, eventId: ids.get(key) }));
  const known = sales.flatMap(({ eventId, ...sale }) => (eventId ? [{ ...sale, eventId }] : []));
  const popularity = known.map((it) => ({ event: String(it.eventId), value: it.popularity }));
  await tx.execute(sql`
    UPDATE events SET popularity = value
    FROM jsonb_to_recordset(${JSON.stringify(popularity)}::jsonb) AS given (event bigint, value integer)
    WHERE id = event`);
  await sellTickets(tx, known, now);
  return tickets;
}
