import { sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { queryRows } from "../rows.ts";
import type { EventFacts } from "./facts.ts";
import { storePerformers, storeVenues } from "./store-parties.ts";
import {
  insertTickets,
  readSections,
  repriceTickets,
  seatChanges,
  type EventSections,
} from "./store-tickets.ts";

export type Outcome = "created" | "updated" | "unchanged";

export interface StoredEvents {
  /** What became of each event, by its key. */
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly ids: ReadonlyMap<string, bigint>;
  readonly tickets: number;
}

/** Any constant: imports at the same time wait for one another. */
const importLock = 7_305_193_003;

/**
 * Stores events with all that belongs to them. Known ones (by key) get the source's facts; their tickets stay, sold
 * ones above all, and a cancelled event stays cancelled.
 * @param tx a transaction: nothing of this may stay when a part fails
 * @param facts each key once
 * @param now when events are on sale whose source does not say
 * @throws FactError when a fact contradicts what is stored
 */
export async function storeEvents(
  tx: Db,
  facts: readonly EventFacts[],
  { now, accessible = false }: { readonly now: Date; readonly accessible?: boolean },
): Promise<StoredEvents> {
  // Nobody can estimate how many rows a description makes; compiling the plan for millions would take longer than it.
  await tx.execute(
    sql`SELECT pg_advisory_xact_lock(${importLock}), set_config('jit', 'off', true)`,
  );
  const venues = await storeVenues(
    tx,
    facts.map((it) => it.venue),
  );
  const performers = await storePerformers(
    tx,
    facts.flatMap((it) => it.performers),
  );
  const rows = facts.map(({ venue, performers: all, onSaleAt, ...event }) => ({
    ...event,
    venue: String(idIn(venues, venue.key)),
    performers: all.map(({ key }) => String(idIn(performers, key))),
    onSaleAt: onSaleAt ?? null,
  }));
  const known = await readEvents(tx, facts);
  const changed = new Set<bigint>(await updateEvents(tx, rows));
  await insertEvents(
    tx,
    rows.filter((row) => !known.has(row.key)),
    now,
  );
  const ids = await readEvents(tx, facts);
  for (const id of await storeLineUps(tx, rows)) changed.add(id);
  const tickets = await storeTickets(tx, facts, ids, accessible);
  for (const id of tickets.changed) changed.add(id);
  const updated = new Set([...known.values()].filter((id) => changed.has(id)));
  await nextVersions(tx, [...updated]);
  const outcomes = new Map<string, Outcome>();
  for (const [key, id] of ids) {
    outcomes.set(key, known.has(key) ? (updated.has(id) ? "updated" : "unchanged") : "created");
  }
  return { outcomes, ids, tickets: tickets.added };
}

/** An event with the ids of what it refers to, as text: JSON knows no bigint. */
interface Row extends Omit<EventFacts, "venue" | "performers" | "onSaleAt"> {
  readonly venue: string;
  readonly performers: readonly string[];
  readonly onSaleAt: Date | null;
}

const recordset = sql.raw(`AS given (
  key text, name text, description text, category text, status text, "startsAt" timestamptz, "endsAt" timestamptz,
  "onSaleAt" timestamptz, venue bigint, performers bigint[])`);

async function updateEvents(tx: Db, rows: readonly Row[]): Promise<bigint[]> {
  const updated = await queryRows<{ id: string }>(
    tx,
    sql`
    UPDATE events AS e SET
      name = given.name, description = given.description, category = given.category,
      status = CASE WHEN e.status = 'cancelled' THEN e.status ELSE given.status END,
      starts_at = "startsAt", ends_at = "endsAt", on_sale_at = coalesce("onSaleAt", e.on_sale_at),
      venue_id = venue, performer_id = performers[1]
    FROM jsonb_to_recordset(${json(rows)}::jsonb) ${recordset}
    WHERE e.import_key = key
      AND (e.name, e.description, e.category, e.starts_at, e.ends_at, e.on_sale_at, e.venue_id, e.performer_id, e.status)
        IS DISTINCT FROM
          (given.name, given.description, given.category, "startsAt", "endsAt", coalesce("onSaleAt", e.on_sale_at), venue,
           performers[1], CASE WHEN e.status = 'cancelled' THEN e.status ELSE given.status END)
    RETURNING e.id`,
  );
  return updated.map(({ id }) => BigInt(id));
}

async function insertEvents(tx: Db, rows: readonly Row[], now: Date): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    INSERT INTO events (venue_id, performer_id, name, description, category, status, starts_at, ends_at, on_sale_at,
                        import_key)
    SELECT venue, performers[1], name, description, category, status, "startsAt", "endsAt",
           coalesce("onSaleAt", ${now.toISOString()}::timestamptz), key
    FROM jsonb_array_elements(${json(rows)}::jsonb) WITH ORDINALITY AS list (it, nth),
         LATERAL jsonb_to_record(it) ${recordset}
    ORDER BY nth`);
}

/** @returns the events whose performers or their order changed, new ones included */
async function storeLineUps(tx: Db, rows: readonly Row[]): Promise<bigint[]> {
  const lineUp = sql`
    SELECT e.id AS event_id, p AS performer_id, (nth - 1)::smallint AS position
    FROM jsonb_to_recordset(${json(rows)}::jsonb) ${recordset}
    JOIN events AS e ON e.import_key = key,
    unnest(performers) WITH ORDINALITY AS list (p, nth)`;
  const touched = await queryRows<{ id: string }>(
    tx,
    sql`
    WITH line_up AS (${lineUp}),
    removed AS (
      DELETE FROM event_performers AS old
      WHERE old.event_id IN (SELECT event_id FROM line_up)
        AND NOT EXISTS (SELECT FROM line_up AS l
                        WHERE (l.event_id, l.performer_id) = (old.event_id, old.performer_id))
      RETURNING event_id),
    written AS (
      INSERT INTO event_performers AS old (event_id, performer_id, position)
      SELECT event_id, performer_id, position FROM line_up ORDER BY event_id, position
      ON CONFLICT (event_id, performer_id) DO UPDATE SET position = excluded.position
      WHERE old.position <> excluded.position
      RETURNING event_id)
    SELECT event_id AS id FROM removed UNION SELECT event_id FROM written`,
  );
  return touched.map(({ id }) => BigInt(id));
}

async function storeTickets(
  tx: Db,
  facts: readonly EventFacts[],
  ids: ReadonlyMap<string, bigint>,
  accessible: boolean,
): Promise<{ added: number; changed: bigint[] }> {
  const stored = await readSections(tx, [...ids.values()]);
  const added: EventSections[] = [];
  const repriced: EventSections[] = [];
  for (const fact of facts) {
    const eventId = idIn(ids, fact.key);
    const changes = seatChanges(stored.get(eventId) ?? [], fact);
    added.push({ eventId, currency: fact.currency, sections: changes.added });
    repriced.push({ eventId, currency: fact.currency, sections: changes.repriced });
  }
  const changed = await repriceTickets(tx, repriced);
  for (const { eventId, sections } of added) if (sections.length > 0) changed.push(eventId);
  return { added: await insertTickets(tx, added, { accessible }), changed };
}

/** Views carry the version, so everything that shows in one raises it. */
async function nextVersions(tx: Db, ids: readonly bigint[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.execute(sql`
    UPDATE events SET version = version + 1, updated_at = clock_timestamp()
    WHERE id = ANY (${sql.param(ids.map(String))}::bigint[])`);
}

async function readEvents(tx: Db, facts: readonly EventFacts[]): Promise<Map<string, bigint>> {
  const keys = facts.map((it) => it.key);
  const rows = await queryRows<{ key: string; id: string }>(
    tx,
    sql`SELECT import_key AS key, id FROM events
        WHERE import_key = ANY (${sql.param(keys)}::text[]) ORDER BY id FOR NO KEY UPDATE`,
  );
  return new Map(rows.map(({ key, id }) => [key, BigInt(id)]));
}

function json(rows: readonly Row[]): string {
  return JSON.stringify(rows);
}

function idIn(ids: ReadonlyMap<string, bigint>, key: string): bigint {
  const id = ids.get(key);
  if (id === undefined) throw new Error(`nothing was stored for ${key}`);
  return id;
}
