import { sql, type SQL } from "drizzle-orm";
import * as z from "zod";
import type { SearchQuery } from "../../../contracts/search.ts";
import type { Db } from "../../../db/client.ts";
import type { SearchTerm } from "./search-terms.ts";

/** What the name of a venue or its city counts less than the names of those who come. */
const venueCost = 2;

export interface Found {
  readonly total: number;
  /** One page, in order. */
  readonly ids: readonly string[];
}

/** What events must have to do with the keyword. */
export type Match =
  | { readonly kind: "everything" }
  | { readonly kind: "words"; readonly terms: readonly SearchTerm[]; readonly tokens: number }
  /** For keywords without a word: a name that is exactly this. */
  | { readonly kind: "name"; readonly name: string };

const Answer = z.tuple([z.object({ total: z.int(), ids: z.array(z.string()) })]);

/**
 * Finds published events: all filters, one page of ids and the total, in one statement.
 * @param beginsAfter Unix milliseconds, inclusive
 */
export async function findEvents(
  db: Db,
  query: SearchQuery,
  match: Match,
  beginsAfter: number,
): Promise<Found> {
  const { page, pageSize } = query;
  const result = await db.execute(sql`
    WITH found AS MATERIALIZED (
      SELECT e.id, e.starts_at, m.cost FROM ${matched(match)}
      WHERE ${sql.join(filters(query, beginsAfter), sql` AND `)}
    )
    SELECT (SELECT count(*)::int FROM found) AS total,
           ARRAY(SELECT id::text FROM found ORDER BY ${order(query, match)}
                 LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}) AS ids`);
  const [answer] = Answer.parse((result as { rows: unknown }).rows);
  return answer;
}

/** Matching events `e`, each once, and what their match costs, `m.cost`: 0 is the best. */
function matched(match: Match): SQL {
  switch (match.kind) {
    case "everything":
      return sql`events AS e, (SELECT 0 AS cost) AS m`;
    case "name":
      return sql`(SELECT 0 AS cost) AS m, events AS e JOIN (
        SELECT e.id FROM events AS e JOIN venues AS v ON v.id = e.venue_id
        WHERE lower(${match.name}) IN (lower(e.name), lower(v.name))
        UNION
        SELECT ep.event_id FROM event_performers AS ep JOIN performers AS p ON p.id = ep.performer_id
        WHERE lower(${match.name}) IN (SELECT lower(unnest(p.name || p.alternate_names)))
      ) AS named ON named.id = e.id`;
    case "words":
      return withWords(match.terms, match.tokens);
    default:
      return match satisfies never;
  }
}

/** The expressions are those of the indexes in 0003_search.sql, letter by letter. */
function withWords(terms: readonly SearchTerm[], tokens: number): SQL {
  const json = JSON.stringify(terms);
  return sql`(
    SELECT id, sum(cost) AS cost FROM (
      SELECT id, token, min(cost) AS cost FROM (
        WITH terms AS (
          SELECT token, query::tsquery, cost
          FROM jsonb_to_recordset(${json}::jsonb) AS given (token int, query text, cost int))
        SELECT e.id, token, cost FROM terms JOIN events AS e
          ON search_vector(ARRAY[e.name, e.category], '{}') @@ query
        UNION ALL
        SELECT ep.event_id, token, cost FROM terms JOIN performers AS p
          ON search_vector(p.name || p.alternate_names, p.name || p.alternate_names) @@ query
          JOIN event_performers AS ep ON ep.performer_id = p.id
        UNION ALL
        SELECT e.id, token, cost + ${venueCost} FROM terms JOIN venues AS v
          ON search_vector(ARRAY[v.name, v.city] || v.alternate_names, v.name || v.alternate_names) @@ query
          JOIN events AS e ON e.venue_id = v.id
      ) AS hits GROUP BY id, token
    ) AS best GROUP BY id HAVING count(*) = ${tokens}
  ) AS m JOIN events AS e ON e.id = m.id`;
}

function filters(query: SearchQuery, beginsAfter: number): SQL[] {
  const { end, city, country, category, performerId, venueId, available } = query;
  const all = [sql`e.status = 'published'`, sql`e.starts_at >= ${instant(beginsAfter)}`];
  if (end !== undefined) all.push(sql`e.starts_at < ${instant(Date.parse(end))}`);
  if (city !== undefined) {
    all.push(
      sql`e.venue_id IN (SELECT id FROM venues WHERE search_tokens(city) = search_tokens(${city}))`,
    );
  }
  if (country !== undefined) {
    all.push(sql`e.venue_id IN (SELECT id FROM venues WHERE country = ${country.toUpperCase()})`);
  }
  if (category !== undefined) all.push(sql`lower(e.category) = lower(${category})`);
  if (venueId !== undefined) all.push(sql`e.venue_id = ${venueId}::bigint`);
  if (performerId !== undefined) {
    all.push(sql`EXISTS (SELECT FROM event_performers AS ep
                         WHERE ep.event_id = e.id AND ep.performer_id = ${performerId}::bigint)`);
  }
  if (available === "true") {
    all.push(
      sql`EXISTS (SELECT FROM tickets AS t WHERE t.event_id = e.id AND t.status = 'available')`,
    );
  }
  return all;
}

/** The id breaks ties: pages never overlap. */
function order({ sort }: SearchQuery, match: Match): SQL {
  if (sort === "price") {
    return sql`(SELECT min(price) FROM tickets AS t WHERE t.event_id = found.id AND t.status = 'available')
               NULLS LAST, starts_at, id`;
  }
  const byDate = sort === "date" || match.kind === "everything";
  return byDate ? sql`starts_at, id` : sql`cost, starts_at, id`;
}

function instant(ms: number): SQL {
  return sql`${new Date(ms).toISOString()}::timestamptz`;
}
