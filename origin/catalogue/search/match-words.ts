import { sql, type SQL } from "drizzle-orm";
import type { NamedTerm } from "./find-names.ts";

/** What the name of a venue or its city counts less than the names of those who come. */
const venueCost = 2;

/** A word of a keyword: the terms by which an event may have it. */
export type Word = readonly NamedTerm[];

/** Puts the terms together that stand for the same word. */
export function toWords(terms: readonly NamedTerm[]): Word[] {
  return [...Map.groupBy(terms, ({ token }) => token).values()];
}

/**
 * Whether event `e` has every one of the words. Each condition has an index, so that Postgres can look a rare word up
 * and see whether what it finds has the frequent ones. They are in one query with their exact forms, though beginnings
 * include those, because the planner knows only of whole words how frequent they are.
 */
export function hasAll(words: readonly Word[]): SQL {
  const all = words.map((word) => {
    const query = word.map((term) => term.query).join(" | ");
    const ids = (of: (term: NamedTerm) => readonly string[]) => [...new Set(word.flatMap(of))];
    return anyOf([
      sql`e.words @@ ${query}::tsquery`,
      isOneOf(
        sql`e.venue_id`,
        ids((term) => term.venues),
      ),
      isOneOf(
        sql`e.performer_id`,
        ids((term) => term.performers),
      ),
      isOneOf(
        sql`e.id`,
        ids((term) => term.guestsAt),
      ),
    ]);
  });
  return sql.join(all, sql` AND `);
}

/** What the match of event `e` costs, of which {@link hasAll} is true: 0 is the best. */
export function costOf(words: readonly Word[]): SQL {
  return sql.join(words.map(costOfWord), sql` + `);
}

function costOfWord(word: Word): SQL {
  const ways = word.flatMap((term) => {
    const itself = anyOf([
      sql`e.words @@ ${term.query}::tsquery`,
      isOneOf(sql`e.performer_id`, term.performers),
      isOneOf(sql`e.id`, term.guestsAt),
    ]);
    const place = isOneOf(sql`e.venue_id`, term.venues);
    const byItself = { cost: term.cost, when: itself };
    return place ? [byItself, { cost: term.cost + venueCost, when: place }] : [byItself];
  });
  // The first that is true counts, so the cheapest stand in front; and where none of those is, it must be the last.
  const inOrder = ways.toSorted((a, b) => a.cost - b.cost);
  const cases = inOrder.map(({ cost, when }, nth) =>
    nth === inOrder.length - 1 ? sql`ELSE ${number(cost)}` : sql`WHEN ${when} THEN ${number(cost)}`,
  );
  return cases.length === 1 ? sql`0` : sql`CASE ${sql.join(cases, sql` `)} END`;
}

/** Written out: as a parameter it would be of any type. */
function number(value: number): SQL {
  return sql.raw(String(value));
}

function isOneOf(column: SQL, ids: readonly string[]): SQL | undefined {
  return ids.length === 0 ? undefined : sql`${column} = ANY(${`{${ids.join(",")}}`}::bigint[])`;
}

function anyOf(conditions: readonly (SQL | undefined)[]): SQL {
  const given = conditions.filter((it) => it !== undefined);
  return sql`(${sql.join(given, sql` OR `)})`;
}
