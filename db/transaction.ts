import type { Db } from "./client.ts";

/** No connection for a transaction could be had. Its code is the SQLSTATE for that; drivers give theirs none. */
export class DatabaseUnreachable extends Error {
  override readonly name = "DatabaseUnreachable";
  readonly code = "08001";
}

/**
 * Runs `work` in one transaction; given a transaction it joins it, so that verbs can be put together.
 * Do network calls after it, not inside: its row locks should be short.
 * @throws what `work` throws, after the rollback; `DatabaseUnreachable` when the transaction could not begin. An error
 * about the connection (see `client.ts`) says nothing about whether the commit took effect.
 */
export async function withTransaction<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  if ("rollback" in db) return work(db);
  return db.transaction((tx) => work(tx as unknown as Db));
}
