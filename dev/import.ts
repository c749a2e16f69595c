import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { openDatabase } from "../db/client.ts";
import { importEvents, type ImportOptions, type ImportReport } from "../db/import/import-events.ts";
import { createProgress } from "./progress.ts";
import { readRunningStack } from "./stack-file.ts";
import { defaultStateDir } from "./state.ts";

const usage = "usage: npm run import -- FILE [--days-later N] [--full-capacity]";

/** Far beyond any season's programme; a larger file had better be cut into parts. */
const fileBytesMax = 256 * 1024 * 1024;

/** `npm run import`: imports schema.org events into the running stack, or into the database of `DATABASE_URL`. */
async function main(): Promise<void> {
  const { file, options } = readArguments();
  const text = readText(file);
  const database = openDatabase({
    url: databaseUrl(),
    poolSize: 1,
    applicationName: "frontrow-import",
  });
  const progress = createProgress((line) => console.error(line));
  try {
    const work = importEvents(database, text, {
      ...options,
      onProgress: ({ events, eventsTotal, tickets }) =>
        progress.doing("import", `${events} of ${eventsTotal} events, ${tickets} tickets made`),
    });
    printReport(await progress.follow("import", work));
  } catch (error) {
    fail(`the database failed: ${describe(error)}`, 1);
  } finally {
    progress.end();
    await database.close();
  }
}

function printReport({ created, updated, unchanged, tickets, failed, errors }: ImportReport): void {
  for (const { line, path, message } of errors) console.error(`line ${line}: ${path}: ${message}`);
  const events = created + updated + unchanged;
  console.log(
    `imported ${events} events (${created} new, ${updated} updated, ${unchanged} unchanged), ` +
      `${tickets} tickets made, ${failed} items left out`,
  );
  if (failed > 0) process.exitCode = 1;
  else if (events === 0) fail("there is no event in this file", 1);
}

/** `FILE` is UTF-8; `-` reads standard input. */
function readText(file: string): string {
  try {
    const bytes = readFileSync(file === "-" ? process.stdin.fd : file);
    if (bytes.length > fileBytesMax) return fail(`${file}: is larger than 256 MiB`, 1);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    return fail(`${file}: ${describe(error)}`, 1);
  }
}

function databaseUrl(): string {
  const given = process.env["DATABASE_URL"];
  if (given) return URL.canParse(given) ? given : fail("DATABASE_URL is not a URL", 1);
  try {
    const { databaseUrl: url } = readRunningStack(defaultStateDir());
    return url ?? fail("the running stack has no database of its own: set DATABASE_URL", 1);
  } catch (error) {
    return fail(describe(error), 1);
  }
}

function readArguments(): { file: string; options: ImportOptions } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        "days-later": { type: "string", default: "0" },
        "full-capacity": { type: "boolean", default: false },
      },
    });
    const [file, ...more] = positionals;
    if (!file || more.length > 0) return fail(usage, 2);
    if (!/^-?\d{1,6}$/.test(values["days-later"])) {
      return fail(`--days-later must be a whole number of days\n${usage}`, 2);
    }
    const daysLater = Number(values["days-later"]);
    return { file, options: { daysLater, fullCapacity: values["full-capacity"] } };
  } catch (error) {
    return fail(`${describe(error)}\n${usage}`, 2);
  }
}

/** The innermost cause says what happened, the outer ones where. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return describe(error.cause);
  return error.message || ("code" in error ? String(error.code) : error.name);
}

function fail(message: string, code: number): never {
  console.error(message);
  process.exit(code);
}

await main();
