import { sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { queryRows } from "../rows.ts";
import type { PerformerFacts, VenueFacts } from "./facts.ts";

/** Ids by key. */
export type Ids = ReadonlyMap<string, bigint>;

/**
 * Inserts the venues that are new, and updates the known ones: what a source does not say stays as it is, alternate
 * names are added, and the name keeps the spelling that it has.
 */
export async function storeVenues(tx: Db, venues: readonly VenueFacts[]): Promise<Ids> {
  const given = JSON.stringify([...merged(venues)].sort(byKey));
  await tx.execute(sql`
    INSERT INTO venues (name, city, country, latitude, longitude, time_zone, capacity, alternate_names, import_key)
    SELECT name, city, country, latitude, longitude, "timeZone", capacity,
           ARRAY(SELECT jsonb_array_elements_text("alternateNames")), key
    FROM jsonb_to_recordset(${given}::jsonb) AS given (
      key text, name text, city text, country text, latitude float8, longitude float8, "timeZone" text,
      capacity integer, "alternateNames" jsonb)
    ON CONFLICT (import_key) DO UPDATE SET
      latitude = coalesce(excluded.latitude, venues.latitude),
      longitude = coalesce(excluded.longitude, venues.longitude),
      time_zone = CASE WHEN excluded.latitude IS NULL THEN venues.time_zone ELSE excluded.time_zone END,
      capacity = coalesce(excluded.capacity, venues.capacity),
      alternate_names = venues.alternate_names ||
        ARRAY(SELECT n FROM unnest(excluded.alternate_names) AS n WHERE n <> ALL (venues.alternate_names)),
      updated_at = clock_timestamp()
    WHERE (excluded.latitude IS NOT NULL
           AND (excluded.latitude, excluded.longitude, excluded.time_zone)
               IS DISTINCT FROM (venues.latitude, venues.longitude, venues.time_zone))
       OR (excluded.capacity IS NOT NULL AND excluded.capacity IS DISTINCT FROM venues.capacity)
       OR NOT excluded.alternate_names <@ venues.alternate_names`);
  const keys = venues.map((it) => it.key);
  return idsOf(
    await queryRows(
      tx,
      sql`SELECT import_key AS key, id FROM venues WHERE import_key = ANY (${sql.param(keys)}::text[])`,
    ),
  );
}

/** The same for performers. */
export async function storePerformers(tx: Db, performers: readonly PerformerFacts[]): Promise<Ids> {
  const given = JSON.stringify([...merged(performers)].sort(byKey));
  await tx.execute(sql`
    INSERT INTO performers (name, description, genre, alternate_names, import_key)
    SELECT name, coalesce(description, ''), coalesce(genre, ''),
           ARRAY(SELECT jsonb_array_elements_text("alternateNames")), key
    FROM jsonb_to_recordset(${given}::jsonb) AS given (
      key text, name text, description text, genre text, "alternateNames" jsonb)
    ON CONFLICT (import_key) DO UPDATE SET
      description = coalesce(nullif(excluded.description, ''), performers.description),
      genre = coalesce(nullif(excluded.genre, ''), performers.genre),
      alternate_names = performers.alternate_names ||
        ARRAY(SELECT n FROM unnest(excluded.alternate_names) AS n WHERE n <> ALL (performers.alternate_names)),
      updated_at = clock_timestamp()
    WHERE excluded.description NOT IN ('', performers.description)
       OR excluded.genre NOT IN ('', performers.genre)
       OR NOT excluded.alternate_names <@ performers.alternate_names`);
  const keys = performers.map((it) => it.key);
  return idsOf(
    await queryRows(
      tx,
      sql`SELECT import_key AS key, id FROM performers
          WHERE import_key = ANY (${sql.param(keys)}::text[])`,
    ),
  );
}

/** One statement may touch a row once: what several items say about it is put together, the last word counts. */
function merged<T extends { key: string; alternateNames: readonly string[] }>(
  facts: readonly T[],
): Iterable<T> {
  const byKeys = new Map<string, T>();
  for (const fact of facts) {
    const before = byKeys.get(fact.key);
    const said = Object.fromEntries(Object.entries(fact).filter(([, it]) => it !== undefined));
    const names = [...(before?.alternateNames ?? []), ...fact.alternateNames];
    const name = (before ?? fact) as T & { name?: string };
    byKeys.set(fact.key, {
      ...(before ?? fact),
      ...said,
      ...(name.name === undefined ? {} : { name: name.name }),
      alternateNames: [...new Set(names)],
    });
  }
  return byKeys.values();
}

/** Always the same order, so that two transactions cannot wait for one another. */
function byKey(a: { key: string }, b: { key: string }): number {
  return a.key < b.key ? -1 : 1;
}

function idsOf(rows: readonly { key: string; id: string }[]): Ids {
  return new Map(rows.map(({ key, id }) => [key, BigInt(id)]));
}
