import { openDatabase } from "../db/client.ts";
import { migrate } from "../db/migrate.ts";
import { seedProgramme } from "../db/seed.ts";
import type { Postgres } from "./postgres.ts";
import type { StackContext } from "./stack-context.ts";

/** Brings the schema up to date, and loads the built-in programme unless it is there. */
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
    if (seed === "none") return;
    context.progress("database", "loading the built-in programme");
    await seedProgramme(database, {
      now: new Date(),
      onProgress: ({ events, eventsTotal }) =>
        context.progress(
          "database",
          `loading the built-in programme, ${events} of ${eventsTotal} events`,
        ),
    });
  } finally {
    await database.close();
  }
}
