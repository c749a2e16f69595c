import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { createTestDatabase } from "./testing/database.ts";

test("calls of functions are prepared once a connection, other queries never", async () => {
  const { database } = await createTestDatabase({ poolSize: 1 });
  const { db } = database;
  for (const text of ["a", "b"]) {
    expect(await db.execute(sql`SELECT upper(${text}) AS answer`)).toMatchObject({
      rows: [{ answer: text.toUpperCase() }],
    });
    await db.execute(sql`SELECT 1 AS answer WHERE ${text} <> ''`);
  }
  const { rows } = await database.pool.query("SELECT statement FROM pg_prepared_statements");
  expect(rows).toEqual([{ statement: "SELECT upper($1) AS answer" }]);
});
