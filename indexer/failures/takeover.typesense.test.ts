import { eq } from "drizzle-orm";
import { expect, onTestFinished, test, vi } from "vitest";
import { openLoop } from "../../bench/load.ts";
import { events } from "../../db/schema/catalogue.ts";
import { insertEvent } from "../../db/testing/factories.ts";
import { pino } from "pino";
import { readConfig } from "../config.ts";
import { createDeps } from "../create-service.ts";
import { askIndexer, readRequest } from "../requests.ts";
import { isImport } from "../testing/fault-proxy.ts";
import { converged, indexed, patience } from "../testing/indexer.ts";
import { openLab } from "../testing/lab.ts";

vi.setConfig({ testTimeout: 240_000 });
const lab = await openLab();
const { db, pool } = lab.database;
for (let made = 0; made < 20; made += 1) await insertEvent(db);

/** More on request: `npm run soak -- indexer`. */
const seeds = Number(process.env["CRASH_SEEDS"] ?? 2);

test("of two indexers one is active; when it dies or freezes the other takes over, and a thawed one harms nothing", async () => {
  const { deps, active, standby } = await startTwo();
  active.kill("SIGSTOP");
  await db.update(events).set({ name: "While frozen" });
  await converged(deps);
  expect(await standby.state()).toBe("streaming");
  active.kill("SIGCONT");
  await vi.waitUntil(async () => (await active.state()) === "standby", patience);
  await db.update(events).set({ name: "Thawed" });
  await converged(deps);
  standby.kill("SIGKILL");
  await standby.exited;
  await db.update(events).set({ name: "Only one is left" });
  await converged(deps);
  expect(await active.state()).toBe("streaming");
});

test("what a frozen indexer had sent, and arrives after the other has taken over, is put right once it thaws", async () => {
  const doomed = await insertEvent(db);
  const { deps, active, standby } = await startTwo();
  const released = Promise.withResolvers<void>();
  lab.proxy.set({ kind: "hold", until: released.promise }, isImport);
  await db.update(events).set({ name: "Doomed" }).where(eq(events.id, doomed.id));
  await vi.waitUntil(
    () => lab.proxy.seen.some((it) => isImport(it) && it.body.includes("Doomed")),
    patience,
  );
  active.kill("SIGSTOP");
  lab.proxy.set(null);
  await db.delete(events).where(eq(events.id, doomed.id));
  await converged(deps);
  expect(await standby.state()).toBe("streaming");
  released.resolve();
  const ghost = async () => (await indexed(deps)).has(String(doomed.id));
  await vi.waitUntil(ghost, patience);
  active.kill("SIGCONT");
  await converged(deps);
  expect(await ghost()).toBe(false);
});

test.each(
  Array.from({ length: seeds }, (_, seed) => seed).flatMap((seed) => [
    { seed, point: "before the import arrives", at: "request" as const, chosen: isImport },
    { seed, point: "after the import, before its answer", at: "answer" as const, chosen: isImport },
    { seed, point: "before a delete arrives", at: "request" as const, chosen: isDelete },
    { seed, point: "after a delete, before its answer", at: "answer" as const, chosen: isDelete },
    { seed, point: "before the alias moves", at: "request" as const, chosen: isSwap },
    { seed, point: "after the alias moved", at: "answer" as const, chosen: isSwap },
  ]),
)("killed $point, the next one ends up right (seed $seed)", async ({ at, chosen, seed }) => {
  const env = lab.env();
  const deps = await observer(env);
  const first = lab.spawn(env);
  if (chosen !== isSwap) {
    // The alias may be that of an earlier test: its own build must be over.
    await vi.waitUntil(() => isLive(env.SLOT_NAME), patience);
    await converged(deps);
  }
  const killed = new Promise<void>((resolve) => {
    const call = () => {
      first.kill("SIGKILL");
      resolve();
    };
    lab.proxy.set({ kind: "stop", at, call }, chosen);
  });
  const doomed = await insertEvent(db);
  for (let turn = 0; turn <= seed; turn += 1) {
    await db.update(events).set({ name: `Seed ${seed}, turn ${turn}` });
  }
  await db.update(events).set({ status: "cancelled" }).where(eq(events.id, doomed.id));
  await killed;
  await first.exited;
  lab.proxy.set(null);
  lab.spawn(env);
  await vi.waitUntil(() => isLive(env.SLOT_NAME), patience);
  await converged(deps);
});

test("while the alias moves, no search fails and no answer mixes two collections", async () => {
  const env = lab.env();
  const indexer = await lab.start(env);
  await converged(indexer.deps);
  const published = (await pool.query("SELECT FROM events WHERE status = 'published'")).rowCount;
  const request = await askIndexer(pool, env.SLOT_NAME, "rebuild");
  const answers = new Map<string, number>();
  const before = await indexer.deps.collections.current();
  const ask = async () => {
    const answer = await fetch(
      `${lab.typesense.url}/collections/events/documents/search?q=*&query_by=name&sort_by=ord:asc`,
      { headers: { "x-typesense-api-key": lab.typesense.apiKey } },
    );
    const { found, hits } = (await answer.json()) as {
      found: number;
      hits: { document: { id: string } }[];
    };
    const ids = hits.map((hit) => hit.document.id).join();
    const kind = `${answer.status} ${found} ${ids}`;
    answers.set(kind, (answers.get(kind) ?? 0) + 1);
    return answer.status;
  };
  let done = false;
  while (!done) {
    done = (await readRequest(pool, request))?.status === "done";
    await openLoop({ perSecond: 200, durationMs: 500, request: ask });
  }
  expect(await indexer.deps.collections.current()).not.toBe(before);
  const { rows } = await pool.query<{ id: string }>(
    "SELECT id::text FROM events WHERE status = 'published' ORDER BY events.id LIMIT 10",
  );
  const page = rows.map((row) => row.id).join();
  expect([...answers.keys()]).toEqual([`200 ${published} ${page}`]);
});

test("told to end, it writes what it received and exits cleanly", async () => {
  const env = lab.env();
  const deps = await observer(env);
  const indexer = lab.spawn(env);
  await vi.waitUntil(() => isLive(env.SLOT_NAME), patience);
  await db.update(events).set({ name: "Last words" });
  indexer.kill("SIGTERM");
  expect(await indexer.exited).toBe(0);
  lab.spawn(env);
  await converged(deps);
});

async function observer(env: Record<string, string>) {
  return createDeps(readConfig(env), { pool, log: pino({ level: "silent" }) });
}

async function isLive(slot: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    "SELECT FROM indexer_build WHERE slot = $1 AND phase = 'live'",
    [slot],
  );
  return rowCount === 1;
}

/** One that streams and another that stands by; the server gives up on a silent one after two seconds. */
async function startTwo() {
  const env = lab.env({ LOG_LEVEL: "info" });
  const name = new URL(lab.databaseUrl).pathname.slice(1);
  await pool.query(`ALTER DATABASE ${name} SET wal_sender_timeout = '2s'`);
  onTestFinished(async () => {
    await pool.query(`ALTER DATABASE ${name} RESET wal_sender_timeout`);
  });
  const deps = await observer(env);
  const active = lab.spawn(env);
  await vi.waitUntil(async () => (await active.state()) === "streaming", patience);
  const standby = lab.spawn(env);
  await vi.waitUntil(async () => (await standby.state()) === "standby", patience);
  await converged(deps);
  return { deps, active, standby };
}

function isDelete(request: { method: string }): boolean {
  return request.method === "DELETE";
}

function isSwap(request: { method: string; url: string }): boolean {
  return request.method === "PUT" && request.url.startsWith("/aliases/");
}
