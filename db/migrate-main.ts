import { openDatabase } from "./client.ts";
import { migrate } from "./migrate.ts";

/** `npm run migrate`: brings `DATABASE_URL` up to date. */
const url = process.env["DATABASE_URL"];
if (!url) {
  console.error("DATABASE_URL is not set");
  process.exit(1);
}
const database = openDatabase({ url, poolSize: 1 });
const done = await migrate(database.pool).finally(() => database.close());
console.log(done.length === 0 ? "nothing to migrate" : `applied ${done.join(", ")}`);
