import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";

export interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly hash: string;
}

/** Any constant: it only has to be the same in every process that migrates. */
const migrationLock = 7_305_193_001;

/**
 * Reads the numbered migrations, in order.
 * @throws when a file in `directory` is not named like `0001_domain.sql`, or a number comes twice
 */
export async function readMigrations(
  directory: string = join(import.meta.dirname, "migrations"),
): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(".sql")).sort();
  const numbers = new Set<string>();
  for (const name of names) {
    const number = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1];
    if (!number || numbers.has(number)) throw new Error(`migration ${name}: needs its own number`);
    numbers.add(number);
  }
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(directory, name), "utf8");
      return { name, sql, hash: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

/**
 * Brings the database up to date, each migration in its own transaction. Safe when several processes do it at once:
 * a session lock lets one go first, the others then find nothing left to do.
 * @returns the names of the migrations that this call applied
 * @throws when an applied migration was edited afterwards, or one fails (and is rolled back)
 */
export async function migrate(pool: pg.Pool, migrations?: readonly Migration[]): Promise<string[]> {
  const client = await pool.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [migrationLock]);
    await client.query(
      `CREATE TABLE IF NOT EXISTS migrations (
         name text PRIMARY KEY, hash text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
    );
    const { rows } = await client.query<{ name: string; hash: string }>(
      "SELECT name, hash FROM migrations",
    );
    const applied = new Map(rows.map((row) => [row.name, row.hash]));
    const done: string[] = [];
    for (const migration of migrations ?? (await readMigrations())) {
      const hash = applied.get(migration.name);
      if (hash === migration.hash) continue;
      if (hash) throw new Error(`migration ${migration.name} was edited after it was applied`);
      await apply(client, migration);
      done.push(migration.name);
    }
    return done;
  } finally {
    await client.query("SELECT pg_advisory_unlock($1)", [migrationLock]).catch(() => {});
    client.release();
  }
}

async function apply(client: pg.PoolClient, migration: Migration): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query(migration.sql);
    await client.query("INSERT INTO migrations (name, hash) VALUES ($1, $2)", [
      migration.name,
      migration.hash,
    ]);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw new Error(`migration ${migration.name} failed`, { cause: error });
  }
}
