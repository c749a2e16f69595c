import { sql } from "drizzle-orm";
import * as z from "zod";
import type { SearchQuery, SearchResult } from "../../../contracts/search.ts";
import type { Db } from "../../../db/client.ts";
import { withTransaction } from "../../../db/transaction.ts";
import type { Deps } from "../../deps.ts";
import { correctWords } from "./correct-words.ts";
import { findEvents, type Found } from "./find-events.ts";
import { findNames, type NamedTerm } from "./find-names.ts";
import { toWords } from "./match-words.ts";
import { readFound } from "./read-found.ts";
import { exactTerms, tokensMax, typoTerms } from "./search-terms.ts";

const minuteMs = 60_000;
/** Nobody waits longer for a search: what a statement has not found by then Postgres need not go on looking for. */
const statementMsMax = 380;
const Tokens = z.tuple([z.object({ tokens: z.array(z.string()) })]);

/**
 * Searches published events in Postgres: the fallback for the search server, and so marked `degraded`; but for names
 * without a letter or digit, which only this search finds.
 * Without `start` only events that have not begun are found, to the minute.
 * @throws what the driver throws; with `57014` when Postgres took too long
 */
export async function searchEvents(
  { db, now }: Pick<Deps, "db" | "now">,
  query: SearchQuery,
): Promise<SearchResult> {
  const { start, page, pageSize } = query;
  const beginsAfter =
    start === undefined ? Math.floor(now() / minuteMs) * minuteMs : Date.parse(start);
  const keyword = (query.keyword ?? "").replaceAll(/\s+/g, " ");
  return withTransaction(db, async (tx) => {
    const tokens = await begin(tx, keyword);
    const found = await find(tx, query, { keyword, tokens }, beginsAfter);
    const events = await readFound(tx, found.ids);
    const { total, isExactName = false } = found;
    return { events, page, pageSize, total, partial: false, degraded: !isExactName };
  });
}

/**
 * Divides a keyword into words: the database divides it as it divides names, or they would not meet. Sets also, until
 * the transaction ends, how it works: compiling takes longer than any plan here runs, however much it is expected to
 * cost, and helpers would take the processors of those who book.
 */
async function begin(db: Db, keyword: string): Promise<string[]> {
  const result = await db.execute(sql`
    SELECT search_tokens(${keyword}) AS tokens, set_config('jit', 'off', true),
           set_config('statement_timeout', ${String(statementMsMax)}, true),
           set_config('max_parallel_workers_per_gather', '0', true)`);
  const [{ tokens }] = Tokens.parse((result as { rows: unknown }).rows);
  return [...new Set(tokens)].slice(0, tokensMax);
}

/**
 * Tries one reading of the keyword after the other until one finds something: the words as they are, the words as
 * one, then words that are nearly those. So no typing error ever stands above an exact hit, and all pages of a search
 * are of the same reading.
 */
async function find(
  db: Db,
  query: SearchQuery,
  { keyword, tokens }: { readonly keyword: string; readonly tokens: readonly string[] },
  beginsAfter: number,
): Promise<Found & { readonly isExactName?: true }> {
  if (keyword === "") return findEvents(db, query, { kind: "everything" }, beginsAfter);
  if (tokens.length === 0) {
    const found = await findEvents(db, query, { kind: "name", name: keyword }, beginsAfter);
    return { ...found, isExactName: true };
  }
  const exact = exactTerms(tokens);
  const joined = tokens.length > 1 ? exactTerms([tokens.join("")]) : [];
  const named = await findNames(db, [...exact, ...joined]);
  const found = await findWords(named.slice(0, exact.length));
  if (found.total > 0) return found;
  const foundJoined = joined.length > 0 ? await findWords(named.slice(exact.length)) : found;
  if (foundJoined.total > 0) return foundJoined;
  const nearly = typoTerms(await correctWords(db, tokens));
  if (nearly.length === 0) return found;
  return findWords([...named.slice(0, exact.length), ...(await findNames(db, nearly))]);

  function findWords(terms: readonly NamedTerm[]) {
    return findEvents(db, query, { kind: "words", words: toWords(terms) }, beginsAfter);
  }
}
