import { sql } from "drizzle-orm";
import * as z from "zod";
import type { SearchQuery, SearchResult } from "../../../contracts/search.ts";
import type { Db } from "../../../db/client.ts";
import { withTransaction } from "../../../db/transaction.ts";
import type { Deps } from "../../deps.ts";
import { correctWords } from "./correct-words.ts";
import { findEvents, type Found } from "./find-events.ts";
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
  return withTransaction(db, async (tx) => {
    await tx.execute(sql`SELECT set_config('statement_timeout', ${String(statementMsMax)}, true)`);
    const { total, ids, isExactName } = await find(tx, query, beginsAfter);
    const events = await readFound(tx, ids);
    return { events, page, pageSize, total, partial: false, degraded: !isExactName };
  });
}

/**
 * Tries one reading of the keyword after the other until one finds something: the words as they are, the words as
 * one, then words that are nearly those. So no typing error ever stands above an exact hit, and all pages of a search
 * are of the same reading.
 */
async function find(
  db: Db,
  query: SearchQuery,
  beginsAfter: number,
): Promise<Found & { isExactName?: true }> {
  const keyword = (query.keyword ?? "").replaceAll(/\s+/g, " ");
  if (keyword === "") return findEvents(db, query, { kind: "everything" }, beginsAfter);
  const tokens = await readTokens(db, keyword);
  if (tokens.length === 0) {
    const found = await findEvents(db, query, { kind: "name", name: keyword }, beginsAfter);
    return { ...found, isExactName: true };
  }
  const found = await findWords(tokens, exactTerms(tokens));
  if (found.total > 0) return found;
  const joined = exactTerms([tokens.join("")]);
  const foundJoined = tokens.length > 1 ? await findWords([keyword], joined) : found;
  if (foundJoined.total > 0) return foundJoined;
  const nearly = typoTerms(await correctWords(db, tokens));
  return nearly.length > 0 ? findWords(tokens, [...exactTerms(tokens), ...nearly]) : found;

  function findWords(words: readonly string[], terms: ReturnType<typeof exactTerms>) {
    return findEvents(db, query, { kind: "words", terms, tokens: words.length }, beginsAfter);
  }
}

/** The database divides keywords as it divides names, or they would not meet. */
async function readTokens(db: Db, keyword: string): Promise<string[]> {
  const result = await db.execute(sql`SELECT search_tokens(${keyword}) AS tokens`);
  const [{ tokens }] = Tokens.parse((result as { rows: unknown }).rows);
  return [...new Set(tokens)].slice(0, tokensMax);
}
