import { getTableName, is } from "drizzle-orm";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import { expect, test } from "vitest";
import { createTestDatabase } from "../testing/database.ts";
import * as bookings from "./bookings.ts";
import * as catalogue from "./catalogue.ts";
import * as venuePlans from "./venue-plans.ts";

const { database } = await createTestDatabase();
const tables = Object.values({ ...bookings, ...catalogue, ...venuePlans })
  .filter((it) => is(it, PgTable))
  .map((table) => [getTableName(table), table] as const);

interface Column {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly hasDefault: boolean;
}

async function realColumns(table: string): Promise<Column[]> {
  const { rows } = await database.pool.query<Column>(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type, attnotnull AS "notNull",
            atthasdef OR attidentity <> '' AS "hasDefault"
     FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`,
    [table],
  );
  return rows;
}

const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);

test.each(tables)("the columns of %s are those of the migrated table", async (name, table) => {
  const declared = getTableConfig(table).columns.map((column) => ({
    name: column.name,
    type: column.getSQLType(),
    notNull: column.notNull,
    hasDefault: column.hasDefault || column.generatedIdentity !== undefined,
  }));
  expect(declared.sort(byName)).toEqual((await realColumns(name)).sort(byName));
});

test("only the words of events are computed by Postgres: nobody carries them around", async () => {
  const { rows } = await database.pool.query<{ name: string }>(
    `SELECT attrelid::regclass || '.' || attname AS name FROM pg_attribute
     WHERE attrelid = ANY($1::regclass[]) AND attgenerated <> ''`,
    [tables.map(([name]) => name)],
  );
  expect(rows.map(({ name }) => name)).toEqual(["events.words"]);
});

test.each(tables)("the primary key of %s is that of the migrated table", async (name, table) => {
  const { columns, primaryKeys } = getTableConfig(table);
  const declared = [
    ...columns.filter((column) => column.primary),
    ...primaryKeys.flatMap((key) => key.columns),
  ].map((column) => column.name);
  const { rows } = await database.pool.query<{ name: string }>(
    `SELECT attname AS name FROM pg_index, unnest(indkey) WITH ORDINALITY AS key (attribute, nth)
     JOIN pg_attribute ON attnum = attribute AND attrelid = $1::regclass
     WHERE indrelid = $1::regclass AND indisprimary ORDER BY nth`,
    [name],
  );
  expect(declared).toEqual(rows.map((row) => row.name));
});

const enums = tables.flatMap(([name, table]) =>
  getTableConfig(table)
    .columns.filter((column) => (column.enumValues?.length ?? 0) > 0)
    .map((column) => [name, column.name, column.enumValues ?? []] as const),
);

test.each(enums)("%s.%s takes exactly the values that the program knows", async (...args) => {
  const [table, column, values] = args;
  const { rows } = await database.pool.query<{ definition: string }>(
    `SELECT pg_get_constraintdef(c.oid) AS definition FROM pg_constraint AS c
     JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND c.conkey = ARRAY[a.attnum]
     WHERE c.conrelid = $1::regclass AND c.contype = 'c' AND a.attname = $2`,
    [table, column],
  );
  const allowed = rows.flatMap(({ definition }) =>
    [...definition.matchAll(/'([^']*)'/g)].map(([, value]) => value),
  );
  expect(allowed.sort()).toEqual([...values].sort());
});
