import type pg from "pg";
import { HaltError } from "./errors.ts";
import { tables, usedColumns } from "./tables.ts";

interface Published {
  table: string;
  columns: string[] | null;
}

/**
 * Checks what streaming rests on. PostgreSQL 18 streams happily from a publication that lost a table, without that
 * table's changes, so that this must be asked at the start and again and again.
 * @throws HaltError naming what is wrong
 */
export async function validateDatabase(pool: pg.Pool, publication: string): Promise<void> {
  const level = await pool.query<{ wal_level: string }>("SHOW wal_level");
  if (level.rows[0]?.wal_level !== "logical") {
    throw new HaltError("database-settings", "wal_level is not logical");
  }
  await validatePublication(pool, publication);
  await validateIdentities(pool);
}

async function validatePublication(pool: pg.Pool, publication: string): Promise<void> {
  const known = await pool.query<{ complete: boolean }>(
    `SELECT pubinsert AND pubupdate AND pubdelete AND pubtruncate AS complete
     FROM pg_publication WHERE pubname = $1`,
    [publication],
  );
  if (known.rows[0]?.complete !== true) {
    throw new HaltError("publication", `publication ${publication} is missing or incomplete`);
  }
  const { rows } = await pool.query<Published>(
    `SELECT tablename AS table, attnames::text[] AS columns
     FROM pg_publication_tables
     WHERE pubname = $1 AND schemaname = 'public' AND rowfilter IS NULL`,
    [publication],
  );
  const published = new Map(rows.map((row) => [row.table, row.columns ?? []]));
  for (const table of tables) {
    const columns = published.get(table);
    if (!columns) throw new HaltError("publication", `${publication} does not publish ${table}`);
    const missing = usedColumns[table].filter((column) => !columns.includes(column));
    if (missing.length > 0) {
      throw new HaltError("publication", `${publication}: ${table} without ${missing.join(", ")}`);
    }
  }
}

/** Deletes and moved tickets carry their old event only through the replica identity. */
async function validateIdentities(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ table: string }>(
    `SELECT c.relname AS table FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY($1::text[]) AND NOT (
       c.relreplident = 'f'
       OR c.relname <> 'tickets' AND c.relreplident = 'd'
          AND EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)
       OR c.relreplident = 'i' AND EXISTS (
         SELECT FROM pg_index i
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey)
         WHERE i.indrelid = c.oid AND i.indisreplident
           AND a.attname = CASE c.relname WHEN 'tickets' THEN 'event_id'
                                          WHEN 'event_performers' THEN 'event_id' ELSE 'id' END))`,
    [tables],
  );
  const names = rows.map((row) => row.table);
  if (names.length > 0) {
    throw new HaltError("replica-identity", `no usable replica identity: ${names.join(", ")}`);
  }
}
