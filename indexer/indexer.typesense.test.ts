import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { events, tickets, venues } from "../db/schema/catalogue.ts";
import { createTestDatabase } from "../db/testing/database.ts";
import { insertEvent, insertPerformer, insertTickets } from "../db/testing/factories.ts";
import { makeTestFolder, startTestTypesense } from "../dev/testing/parts.ts";
import {
  converged,
  dropSlotAfter,
  indexed,
  patience,
  startIndexer,
  testEnv,
  uniqueSlot,
} from "./testing/indexer.ts";

const { url: databaseUrl, database } = await createTestDatabase();
const { db } = database;
const folder = makeTestFolder();
const typesense = await startTestTypesense(folder);
const target = { ...typesense, databaseUrl };
afterAll(async () => {
  await typesense.stop();
  folder.remove();
});

beforeAll(async () => {
  for (let made = 0; made < 3; made += 1) {
    const event = await insertEvent(db, { status: "published" });
    await insertTickets(db, event);
  }
});

test("what is there is indexed, and every change follows it", async () => {
  const slot = uniqueSlot();
  dropSlotAfter(databaseUrl, slot);
  const { deps } = await startIndexer(testEnv(target, slot));
  await vi.waitFor(async () => expect((await indexed(deps)).size).toBe(3), patience);

  const support = await insertPerformer(db, { name: "Queens of the Stone Age" });
  const event = await insertEvent(db, { name: "Later", status: "published" }, [support.id]);
  await insertTickets(db, event);
  await converged(deps);
  expect(await searchNames("later")).toEqual(["Later"]);
  expect(await searchNames("qotsa")).toEqual(["Later"]);

  await db.update(events).set({ name: "Sooner" }).where(eq(events.id, event.id));
  await converged(deps);
  expect(await searchNames("sooner")).toEqual(["Sooner"]);

  await db.update(venues).set({ name: "Moved Hall" }).where(eq(venues.id, event.venueId));
  await db.delete(tickets).where(eq(tickets.eventId, event.id));
  await converged(deps);
  expect(await searchNames("moved hall")).toEqual(["Sooner"]);

  await db.update(events).set({ status: "cancelled" }).where(eq(events.id, event.id));
  await converged(deps);
  expect(await searchNames("sooner")).toEqual([]);
});

test("what happens while no indexer runs is indexed by the next one", async () => {
  const slot = uniqueSlot();
  dropSlotAfter(databaseUrl, slot);
  const first = await startIndexer(testEnv(target, slot));
  await vi.waitFor(() => expect(first.deps.status.state.name).toBe("streaming"), patience);
  await converged(first.deps);
  await first.stop();
  const event = await insertEvent(db, { name: "Meanwhile", status: "published" });
  await insertTickets(db, event);
  const second = await startIndexer(testEnv(target, slot));
  await converged(second.deps);
  expect(await searchNames("meanwhile")).toEqual(["Meanwhile"]);
});

async function searchNames(keyword: string): Promise<string[]> {
  const query = new URLSearchParams({
    q: keyword,
    query_by: "name,performer_names,aliases,venue_name",
  });
  const answer = await fetch(
    `${typesense.typesenseUrl}/collections/events/documents/search?${query}`,
    { headers: { "x-typesense-api-key": typesense.typesenseKey } },
  );
  const found = (await answer.json()) as { hits: { document: { name: string } }[] };
  return found.hits.map((hit) => hit.document.name);
}
