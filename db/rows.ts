import type { SQL } from "drizzle-orm";
import type { Db } from "./client.ts";

/**
 * Runs a statement that Drizzle's builder has no words for.
 * @returns its rows; `Row` is what the caller knows about its columns (bigints arrive as text)
 */
export async function queryRows<Row>(db: Db, statement: SQL): Promise<Row[]> {
  // Both drivers answer with `rows`; Drizzle's common type does not say so.
  return ((await db.execute(statement)) as unknown as { rows: Row[] }).rows;
}
