import { sql } from "drizzle-orm";
import * as z from "zod";
import type { Db } from "../../../db/client.ts";
import type { SearchTerm } from "./search-terms.ts";

/** A word, and who or what has it in a name. */
export interface NamedTerm extends SearchTerm {
  readonly venues: readonly string[];
  readonly performers: readonly string[];
  /** Events at which one of the performers appears without being the headliner. */
  readonly guestsAt: readonly string[];
}

const Ids = z.array(z.string());
const Answer = z.array(z.object({ venues: Ids, performers: Ids, guestsAt: Ids }));

/**
 * Finds the venues and performers that have words in their names: a few thousand rows where there are hundreds of
 * thousands of events, so that events are then found by ids instead of by joins.
 */
export async function findNames(db: Db, terms: readonly SearchTerm[]): Promise<NamedTerm[]> {
  const queries = JSON.stringify(terms.map(({ query }) => query));
  // The expressions are those of the indexes in 0003_search.sql, letter by letter.
  const result = await db.execute(sql`
    SELECT ARRAY(
             SELECT v.id::text FROM venues AS v
             WHERE search_vector(ARRAY[v.name, v.city] || v.alternate_names, v.name || v.alternate_names) @@ term
           ) AS venues,
           performers::text[],
           ARRAY(
             SELECT DISTINCT ep.event_id::text FROM event_performers AS ep
             WHERE ep.position > 0 AND ep.performer_id = ANY(performers)
           ) AS "guestsAt"
    FROM jsonb_array_elements_text(${queries}::jsonb) WITH ORDINALITY AS given (query, nth),
         CAST(query AS tsquery) AS term,
         LATERAL (SELECT ARRAY(
           SELECT p.id FROM performers AS p
           WHERE search_vector(p.name || p.alternate_names, p.name || p.alternate_names) @@ term
         ) AS performers) AS those
    ORDER BY nth`);
  const rows = Answer.parse((result as { rows: unknown }).rows);
  return terms.flatMap((term, nth) => {
    const found = rows[nth];
    return found ? [{ ...term, ...found }] : [];
  });
}
