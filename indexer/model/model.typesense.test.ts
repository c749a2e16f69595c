import { afterAll, expect, test } from "vitest";
import { pino } from "pino";
import { createTestDatabase } from "../../db/testing/database.ts";
import { insertPerformer, insertVenue } from "../../db/testing/factories.ts";
import { makeTestFolder, startTestTypesense } from "../../dev/testing/parts.ts";
import { readConfig } from "../config.ts";
import { createDeps } from "../create-service.ts";
import { startFaultProxy } from "../testing/fault-proxy.ts";
import { converged, dropSlotAfter, testEnv, uniqueSlot } from "../testing/indexer.ts";
import { drawOperations } from "./operations.ts";
import { openModel } from "./run-model.ts";

/** More on request: `npm run soak -- indexer` sets these. */
const total = Number(process.env["MODEL_OPERATIONS"] ?? 10_000);
const seed = Number(process.env["MODEL_SEED"] ?? Date.now() % 2 ** 31);
const perRound = 2_500;
const convergeMs = Number(process.env["MODEL_PATIENCE_MS"] ?? 120_000);

/** What must not be missing, whatever the seed. */
const happened = [
  "insert-event",
  "rename-event",
  "set-status",
  "reschedule",
  "move-venue",
  "delete-event",
  "rename-venue",
  "touch-venue",
  "rename-performer",
  "add-performer",
  "remove-performer",
  "insert-tickets",
  "block-tickets",
  "free-tickets",
  "reprice",
  "move-ticket",
  "delete-tickets",
  "truncate-tickets",
  "truncate-events",
  "rolled-back",
  "kill-indexer",
  "stop-indexer",
  "kill-sink",
  "cut-stream",
  "cut-queries",
  "sink-fault",
];

const { url: databaseUrl, database } = await createTestDatabase();
const folder = makeTestFolder();
let typesense = await startTestTypesense(folder);
afterAll(async () => {
  await typesense.stop();
  folder.remove();
});

test(
  `whatever happens, the index ends up saying what the rows say (${total} operations, seed ${seed})`,
  { timeout: 3_600_000 },
  async ({ onTestFinished }) => {
    for (let made = 0; made < 5; made += 1) {
      await insertVenue(database.db);
      await insertPerformer(database.db);
    }
    const slot = uniqueSlot();
    dropSlotAfter(databaseUrl, slot);
    const proxy = await startFaultProxy(typesense.typesenseUrl);
    const target = { ...typesense, databaseUrl };
    const env = testEnv({ ...target, typesenseUrl: proxy.url }, slot);
    const deps = await createDeps(readConfig(testEnv(target, slot)), {
      pool: database.pool,
      log: pino({ level: "silent" }),
    });
    const restartSink = async () => {
      typesense.kill("SIGKILL");
      await typesense.exited;
      const again = await startTestTypesense(folder);
      if (again.typesenseUrl !== typesense.typesenseUrl) throw new Error("it moved");
      typesense = again;
    };
    const model = openModel({ databaseUrl, proxy, env, slot, restartSink });
    onTestFinished(async () => {
      await model.close();
      await proxy.close();
    });
    const operations = drawOperations(seed, total, perRound);
    for (let at = 0; at < operations.length; at += perRound) {
      await model.run(operations.slice(at, at + perRound));
      model.heal();
      await converged(deps, convergeMs).catch((error: unknown) => {
        throw new Error(`after operation ${at + perRound}; the indexer says:\n${model.log()}`, {
          cause: error,
        });
      });
    }
    expect(model.operations()).toBe(total);
    for (const kind of happened) expect(model.counts[kind], kind).toBeGreaterThan(0);
    expect(await deadLetters()).toBe(0);
  },
);

async function deadLetters(): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM indexer_dead_letter",
  );
  return rows[0]?.count ?? -1;
}
