import { expect, test, vi } from "vitest";
import { insertEvent } from "../db/testing/factories.ts";
import { askIndexer, readRequest } from "./requests.ts";
import { converged, patience } from "./testing/indexer.ts";
import { metricOf, openLab } from "./testing/lab.ts";

vi.setConfig({ testTimeout: 120_000 });
const lab = await openLab();
const { db, pool } = lab.database;

/** More than one page of everything, with ids of one to four digits, whose order as text is another one. */
const events = 2_500;
const { venueId, performerId } = await insertEvent(db);
await pool.query(
  `INSERT INTO events (venue_id, performer_id, name, status, starts_at, ends_at, on_sale_at)
   SELECT $1, $2, 'Evening ' || n, 'published', now() + interval '9 days', now() + interval '10 days', now()
   FROM generate_series(2, $3::int) n`,
  [venueId, performerId, events],
);

test("a build reads every event once, and has nothing to mend at its end", async () => {
  const { deps, stop } = await lab.start(lab.env());
  await converged(deps);
  expect(await metricOf({ deps, stop }, "indexer_documents_total")).toBe(events);
});

test("reconciliation of many pages finds what is missing in any of them", async () => {
  const env = lab.env();
  const { deps } = await lab.start(env);
  await converged(deps);
  const live = (await deps.collections.current()) ?? "";
  const missing = ["3", "21", "999", "1001", "2400"];
  expect(await deps.sink.delete(live, missing)).toEqual({ status: "deleted", count: 5 });
  const request = await askIndexer(pool, env.SLOT_NAME, "reconcile");
  await vi.waitUntil(async () => (await readRequest(pool, request))?.status === "done", patience);
  expect((await readRequest(pool, request))?.outcome).toBe(`${events} compared, 5 mended`);
});
