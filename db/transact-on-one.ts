import type pg from "pg";
import type { Db } from "./client.ts";
import { DatabaseUnreachable } from "./transaction.ts";

/**
 * Has transactions take their connection from the pool here, and give it back whatever happens. Drizzle (0.45) keeps one
 * whose `BEGIN` failed for ever: each time a connection is lost at that moment the pool has one less, until it has none.
 * So `DatabaseUnreachable` is thrown when a transaction could not begin.
 * @param over Drizzle over one connection
 */
export function transactOnOne(db: Db, pool: pg.Pool, over: (client: pg.PoolClient) => Db): void {
  const transaction: Db["transaction"] = async (work, config) => {
    const client = await pool.connect().catch(unreachable);
    let isBegun = false;
    try {
      return await over(client).transaction((tx) => {
        isBegun = true;
        return work(tx);
      }, config);
    } catch (error) {
      if (isBegun) throw error;
      return unreachable(error);
    } finally {
      // Nobody knows in what state one is that could not even begin.
      client.release(!isBegun);
    }
  };
  Object.defineProperty(db, "transaction", { value: transaction });
}

function unreachable(cause: unknown): never {
  throw new DatabaseUnreachable("no transaction could begin", { cause });
}
