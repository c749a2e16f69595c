import { type Database, openDatabase } from "../db/client.ts";
import { migrate } from "../db/migrate.ts";
import { seedProgramme } from "../db/seed.ts";
import type { Postgres } from "./postgres.ts";
import type { StackContext } from "./stack-context.ts";

/** Brings the schema up to date. */
export async function migrateDatabase(postgres: Postgres): Promise<void> {
  await withDatabase(postgres, ({ pool }) => migrate(pool));
}

/** Loads the built-in programme, unless it is there. */
export async function loadProgramme(context: StackContext, postgres: Postgres): Promise<void> {
  await withDatabase(postgres, (database) =>
    seedProgramme(database, {
      now: new Date(),
      onProgress: ({ events, eventsTotal }) =>
        context.progress("programme", `${events} of ${eventsTotal} events`),
    }),
  );
}

async function withDatabase(
  { databaseUrl: url }: Postgres,
  work: (database: Database) => Promise<unknown>,
): Promise<void> {
  const database = openDatabase({ url, poolSize: 2, applicationName: "frontrow-dev" });
  try {
    await work(database);
  } finally {
    await database.close();
  }
}
