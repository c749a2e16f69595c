import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type pg from "pg";
import * as z from "zod";
import { openDatabase } from "../db/client.ts";
import { readStatus } from "./read-status.ts";
import { askIndexer, readRequest, type RequestKind } from "./requests.ts";
import { readSlot } from "./slot.ts";

const usage = `npm run indexer -- status              how the index, its slot and its builds are
npm run indexer -- rebuild             builds the collection anew and has readers move over
npm run indexer -- reconcile           compares every event with its document and mends what differs
npm run indexer -- dead-letters        lists documents that the search server refuses
npm run indexer -- dead-letters --retry   tries them again

Needs DATABASE_URL; SLOT_NAME where it is not the usual one. The active indexer does the work.`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    retry: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const [command = "help"] = positionals;
const env = z
  .object({ DATABASE_URL: z.url(), SLOT_NAME: z.string().min(1).default("frontrow_search") })
  .safeParse(process.env);
const commands = new Set(["status", "rebuild", "reconcile", "dead-letters"]);
if (values.help || !commands.has(command)) {
  console.log(usage);
  process.exit(values.help || command === "help" ? 0 : 2);
}
if (!env.success) {
  console.error(`DATABASE_URL: ${env.error.issues[0]?.message ?? "is wrong"}`);
  process.exit(2);
}
const slot = env.data.SLOT_NAME;
const { pool, close } = openDatabase({ url: env.data.DATABASE_URL, poolSize: 2 });
try {
  process.exitCode = await run(pool, command, values.retry);
} finally {
  await close();
}

/** @returns the exit code */
async function run(db: pg.Pool, name: string, retry: boolean): Promise<number> {
  switch (name) {
    case "status":
      return printStatus(db);
    case "rebuild":
    case "reconcile":
      return follow(db, name);
    default:
      return retry ? follow(db, "retry-dead-letters") : printDeadLetters(db);
  }
}

async function printStatus(db: pg.Pool): Promise<number> {
  const status = await readStatus(db, slot);
  console.table(status.facts);
  if (status.builds.length > 0) console.table(status.builds);
  if (status.requests.length > 0) console.table(status.requests);
  return status.healthy ? 0 : 1;
}

async function printDeadLetters(db: pg.Pool): Promise<number> {
  const { rows } = await db.query<Record<string, unknown>>(
    `SELECT collection, doc_id, code, error, attempts, first_at, last_at
     FROM indexer_dead_letter ORDER BY first_at, doc_id LIMIT 200`,
  );
  if (rows.length === 0) console.log("no dead letters");
  else console.table(rows);
  return rows.length === 0 ? 0 : 1;
}

/** Asks, then shows how far the active indexer is, until it is done. */
async function follow(db: pg.Pool, kind: RequestKind): Promise<number> {
  const id = await askIndexer(db, slot, kind);
  const health = await readSlot(db, slot);
  if (health.status !== "usable" || !health.active) {
    console.log("no indexer streams the slot just now: the next one that does takes this up");
  }
  let shown = "";
  for (;;) {
    const request = await readRequest(db, id);
    if (!request) throw new Error("the request is gone");
    const share = request.total > 0 ? ` ${request.done} of ${request.total}` : "";
    const line = `${kind}: ${request.status}${share} ${request.outcome}`.trimEnd();
    if (line !== shown) console.log(line);
    shown = line;
    if (request.status === "done") return 0;
    if (request.status === "failed") return 1;
    await sleep(500);
  }
}
