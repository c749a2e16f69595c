import { sql, type SQL } from "drizzle-orm";
import type * as z from "zod";
import type { Db } from "../../db/client.ts";
import { sqlFailure } from "../unavailable.ts";

/** A race was lost and all of it rolled back: `FR001` is raised by our functions, `40P01` by Postgres for a deadlock. */
const lostRaces = new Set(["FR001", "40P01"]);
const triesMax = 4;

/**
 * Calls a database function that answers with one JSON value. A lost race is run again: what won it has committed,
 * so the next answer says who has what.
 * @param call such as `place_hold(${id}, …)`
 * @throws ZodError when the function answers with something that is not in `answers`
 */
export async function callFunction<Answers extends z.ZodType>(
  db: Db,
  answers: Answers,
  call: SQL,
): Promise<z.output<Answers>> {
  for (let tried = 1; ; tried += 1) {
    try {
      const [row] = rowsOf<{ answer: unknown }>(await db.execute(sql`SELECT ${call} AS answer`));
      return answers.parse(row?.answer);
    } catch (error) {
      const code = sqlFailure(error)?.code;
      if (tried === triesMax || code === undefined || !lostRaces.has(code)) throw error;
    }
  }
}

/**
 * Calls a database function that takes several calls and answers with a JSON array, in their order. Once: when a race is
 * lost, everything is rolled back, and each call is better made by itself.
 * @throws ZodError as above; what the driver throws, a lost race as well
 */
export async function callOfMany<Answers extends z.ZodType>(
  db: Db,
  answers: Answers,
  call: SQL,
): Promise<z.output<Answers>[]> {
  const [row] = rowsOf<{ answer: unknown[] }>(await db.execute(sql`SELECT ${call} AS answer`));
  return (row?.answer ?? []).map((answer) => answers.parse(answer));
}

/** Both drivers answer with `rows`; Drizzle's common type has forgotten it. The query says what is in them. */
export function rowsOf<Row>(result: unknown): Row[] {
  return (result as { rows: Row[] }).rows;
}
