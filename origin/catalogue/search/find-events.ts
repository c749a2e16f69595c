import { sql, type SQL } from "drizzle-orm";
import * as z from "zod";
import type { SearchQuery } from "../../../contracts/search.ts";
import type { Db } from "../../../db/client.ts";
import { costOf, hasAll, type Word } from "./match-words.ts";

export interface Found {
  readonly total: number;
  /** One page, in order. */
  readonly ids: readonly string[];
}

/** What events must have to do with the keyword. */
export type Match =
  | { readonly kind: "everything" }
  | { readonly kind: "words"; readonly words: readonly Word[] }
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
  const where = sql.join([...matches(match), ...filters(query, beginsAfter)], sql` AND `);
  const isInOrder = match.kind === "everything" && query.sort !== "price";
  const result = await db.execute(
    isInOrder ? firstByDate(query, where) : best(query, match, where),
  );
  const [answer] = Answer.parse((result as { rows: unknown }).rows);
  return answer;
}

/** Events are kept in the order in which they begin: a page of them all is read there, the others are only counted. */
function firstByDate(query: SearchQuery, where: SQL): SQL {
  return sql`
    SELECT (SELECT count(*)::int FROM events AS e WHERE ${where}) AS total,
           ARRAY(SELECT e.id::text FROM events AS e WHERE ${where} ORDER BY e.starts_at, e.id
                 ${page(query)}) AS ids`;
}

function best(query: SearchQuery, match: Match, where: SQL): SQL {
  const isRanked = match.kind === "words" && (query.sort ?? "relevance") === "relevance";
  return sql`
    WITH found AS MATERIALIZED (
      SELECT e.id, e.starts_at, ${isRanked ? costOf(match.words) : sql`0`} AS cost
      FROM events AS e WHERE ${where}
    )
    SELECT (SELECT count(*)::int FROM found) AS total,
           ARRAY(SELECT id::text FROM found ORDER BY ${order(query)} ${page(query)}) AS ids`;
}

function page({ page: nth, pageSize }: SearchQuery): SQL {
  return sql`LIMIT ${pageSize} OFFSET ${(nth - 1) * pageSize}`;
}

/** What is true of matching events `e`. */
function matches(match: Match): SQL[] {
  switch (match.kind) {
    case "everything":
      return [];
    case "name":
      return [
        sql`e.id IN (
        SELECT e.id FROM events AS e JOIN venues AS v ON v.id = e.venue_id
        WHERE lower(${match.name}) IN (lower(e.name), lower(v.name))
        UNION
        SELECT ep.event_id FROM event_performers AS ep JOIN performers AS p ON p.id = ep.performer_id
        WHERE lower(${match.name}) IN (SELECT lower(unnest(p.name || p.alternate_names))))`,
      ];
    case "words":
      return [hasAll(match.words)];
    default:
      return match satisfies never;
  }
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
function order({ sort }: SearchQuery): SQL {
  if (sort !== "price") return sql`cost, starts_at, id`;
  return sql`(SELECT min(price) FROM tickets AS t WHERE t.event_id = found.id AND t.status = 'available')
             NULLS LAST, starts_at, id`;
}

function instant(ms: number): SQL {
  return sql`${new Date(ms).toISOString()}::timestamptz`;
}
