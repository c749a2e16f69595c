import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { EventView } from "../../contracts/events.ts";
import { tickets } from "../../db/schema/catalogue.ts";
import { insertEvent, insertTickets } from "../../db/testing/factories.ts";
import { createTestOrigin } from "../testing/test-origin.ts";

const { ask, deps } = await createTestOrigin();
const { db } = deps;

async function readCompressed(eventId: bigint, encoding: "br" | "gzip") {
  const headers = { "Accept-Encoding": encoding };
  const res = await ask(`/events/${eventId}`, { headers });
  expect([res.status, res.headers.get("Content-Encoding")]).toEqual([200, encoding]);
  const bytes = new Uint8Array(await res.arrayBuffer());
  const text = encoding === "br" ? brotliDecompressSync(bytes) : gunzipSync(bytes);
  return { view: EventView.parse(JSON.parse(String(text))), etag: res.headers.get("ETag") };
}

test.each(["br", "gzip"] as const)("a view compressed with %s is the view", async (encoding) => {
  const event = await insertEvent(db);
  await insertTickets(db, event, { sections: ["A"], rows: 5 });
  const plain = EventView.parse(await (await ask(`/events/${event.id}`)).json());
  const first = await readCompressed(event.id, encoding);
  expect(first.view).toEqual(plain);
  expect(await readCompressed(event.id, encoding)).toEqual(first);
});

test("a kept body is not given once a seat has changed", async () => {
  const event = await insertEvent(db);
  const [seat] = await insertTickets(db, event, { sections: ["A"], rows: 5 });
  if (!seat) throw new Error("no seat was made");
  const before = await readCompressed(event.id, "br");
  await db.update(tickets).set({ status: "blocked" }).where(eq(tickets.id, seat.id));
  const after = await readCompressed(event.id, "br");
  expect(after.etag).not.toBe(before.etag);
  expect(after.view.tickets?.find(({ id }) => id === String(seat.id))?.status).toBe("blocked");
});

test("availability has a tag: whoever has the current one gets 304", async () => {
  const event = await insertEvent(db);
  const [seat] = await insertTickets(db, event);
  if (!seat) throw new Error("no seat was made");
  const path = `/events/${event.id}/availability`;
  const etag = (await ask(path)).headers.get("ETag") ?? "";
  const asked = () => ask(path, { headers: { "If-None-Match": etag } });
  expect((await asked()).status).toBe(304);
  await db.update(tickets).set({ status: "blocked" }).where(eq(tickets.id, seat.id));
  expect((await asked()).status).toBe(200);
});
