import type pg from "pg";

/** What operators may ask of the active indexer. */
export type RequestKind = "rebuild" | "reconcile" | "retry-dead-letters";

export interface IndexerRequest {
  readonly id: string;
  readonly kind: RequestKind;
  readonly status: "waiting" | "running" | "done" | "failed";
  readonly done: number;
  readonly total: number;
  readonly outcome: string;
}

const columns = "id::text, kind, status, done::float8 AS done, total::float8 AS total, outcome";

/** @returns the id to follow it by */
export async function askIndexer(pool: pg.Pool, slot: string, kind: RequestKind): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    "INSERT INTO indexer_request (slot, kind) VALUES ($1, $2) RETURNING id::text",
    [slot, kind],
  );
  return rows[0]?.id ?? "";
}

export async function readRequest(pool: pg.Pool, id: string): Promise<IndexerRequest | null> {
  const { rows } = await pool.query<IndexerRequest>(
    `SELECT ${columns} FROM indexer_request WHERE id = $1`,
    [id],
  );
  return rows[0] ?? null;
}

/** @returns what is asked and not done, oldest first; what ran when another process died is waiting again */
export async function openRequests(pool: pg.Pool, slot: string): Promise<IndexerRequest[]> {
  const { rows } = await pool.query<IndexerRequest>(
    `SELECT ${columns} FROM indexer_request
     WHERE slot = $1 AND status IN ('waiting', 'running') ORDER BY indexer_request.id`,
    [slot],
  );
  return rows;
}

export async function beginRequest(pool: pg.Pool, id: string): Promise<void> {
  await pool.query(
    "UPDATE indexer_request SET status = 'running', updated_at = now() WHERE id = $1",
    [id],
  );
}

/** Shows whoever waits how far it is. */
export async function noteProgress(
  pool: pg.Pool,
  slot: string,
  kind: RequestKind,
  done: number,
  total: number,
): Promise<void> {
  await pool.query(
    `UPDATE indexer_request SET done = $3, total = $4, updated_at = now()
     WHERE slot = $1 AND kind = $2 AND status = 'running'`,
    [slot, kind, done, total],
  );
}

/** Everything of this kind that was running is done. @param outcome what came of it, for people */
export async function closeRequests(
  pool: pg.Pool,
  slot: string,
  kind: RequestKind,
  outcome: string,
): Promise<void> {
  await pool.query(
    `UPDATE indexer_request SET status = 'done', outcome = $3, updated_at = now()
     WHERE slot = $1 AND kind = $2 AND status = 'running'`,
    [slot, kind, outcome],
  );
}
