import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { openDatabase, type Database } from "./client.ts";
import { migrate, readMigrations, type Migration } from "./migrate.ts";
import { databaseUrl } from "./testing/database.ts";

let number = 0;
let name = "";
let database: Database;

/** Not a clone of the template: these tests begin with an empty database. */
beforeEach(async () => {
  name = `migrate_${process.pid}_${number++}`;
  await onServer(`CREATE DATABASE ${name} TEMPLATE template0`);
  database = openDatabase({ url: databaseUrl(inject("databaseUrl"), name) });
});

afterEach(async () => {
  await database.close();
  await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
});

const made = (number4: string, sql: string): Migration => ({
  name: `${number4}_made.sql`,
  sql,
  hash: sql,
});

test("five processes that migrate at once apply each migration once", async () => {
  const migrations = await readMigrations();
  const done = await Promise.all(Array.from({ length: 5 }, () => migrate(database.pool)));
  expect(done.flat().sort()).toEqual(migrations.map((it) => it.name));
  expect(done.filter((it) => it.length > 0)).toHaveLength(1);
  const { rows } = await database.pool.query("SELECT name, hash FROM migrations ORDER BY name");
  expect(rows).toEqual(migrations.map((it) => ({ name: it.name, hash: it.hash })));
});

test("a migration that fails is rolled back whole, and those before it stay", async () => {
  const broken = "CREATE TABLE half (id int); SELECT 1 / 0";
  const attempt = migrate(database.pool, [
    made("0001", "CREATE TABLE first (id int)"),
    made("0002", broken),
  ]);
  await expect(attempt).rejects.toMatchObject({ cause: { code: "22012" } });
  const { rows } = await database.pool.query(
    "SELECT to_regclass('first') AS first, to_regclass('half') AS half, (SELECT count(*)::int FROM migrations) AS applied",
  );
  expect(rows).toEqual([{ first: "first", half: null, applied: 1 }]);
  expect(await migrate(database.pool, [made("0001", "CREATE TABLE first (id int)")])).toEqual([]);
});

test("a migration that was edited after it was applied is refused", async () => {
  await migrate(database.pool, [made("0001", "CREATE TABLE first (id int)")]);
  const edited = migrate(database.pool, [made("0001", "CREATE TABLE first (id bigint)")]);
  await expect(edited).rejects.toThrow("0001_made.sql was edited");
});

test.each([
  ["without a number", ["domain.sql"]],
  ["with one that comes twice", ["0001_a.sql", "0001_b.sql"]],
])("a file %s is refused", async (_name, names) => {
  const directory = await mkdtemp(join(tmpdir(), "migrations-"));
  for (const file of names) await writeFile(join(directory, file), "SELECT 1");
  await expect(readMigrations(directory)).rejects.toThrow("needs its own number");
  await rm(directory, { recursive: true });
});

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject("databaseUrl") });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
