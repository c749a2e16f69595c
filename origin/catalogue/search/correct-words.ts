import { sql } from "drizzle-orm";
import * as z from "zod";
import type { Db } from "../../../db/client.ts";
import { swaps, typosMax } from "./search-terms.ts";

const Answer = z.array(z.object({ token: z.int(), words: z.array(z.string()) }));

/**
 * Finds known words that are nearly the given ones.
 * @returns a list for each token; empty where there is none
 */
export async function correctWords(db: Db, tokens: readonly string[]): Promise<string[][]> {
  const asked = tokens
    .map((word, token) => ({ token, word, most: typosMax(word), swaps: swaps(word) }))
    .filter(({ most }) => most > 0);
  if (asked.length === 0) return tokens.map(() => []);
  const result = await db.execute(sql`
    SELECT token, array_agg(DISTINCT near.word ORDER BY near.word) AS words
    FROM jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) AS given (token int, word text, most int, swaps text[]),
    LATERAL (
      SELECT known.word FROM search_vocabulary AS known WHERE known.word = ANY(given.swaps)
      UNION ALL
      SELECT known.word FROM search_vocabulary AS known
      WHERE length(known.word) BETWEEN length(given.word) - given.most AND length(given.word) + given.most
        AND levenshtein_less_equal(known.word, given.word, given.most) <= given.most
    ) AS near
    GROUP BY token`);
  const rows = Answer.parse((result as { rows: unknown }).rows);
  return tokens.map((_, token) => rows.find((row) => row.token === token)?.words ?? []);
}
