import { afterAll, expect, test, vi } from "vitest";
import { makeTestFolder, startTestTypesense } from "../dev/testing/parts.ts";
import { Collections } from "./collections.ts";
import { patience } from "./testing/indexer.ts";
import { TypesenseSink } from "./typesense-sink.ts";

/** A server of its own, since it is killed: what the real one does then, and what is relied upon. */
const folder = makeTestFolder();
let server = await startTestTypesense(folder);
afterAll(async () => {
  await server.stop();
  folder.remove();
});

const documents = 40_000;

test("a server that was killed has every acknowledged document again, though it is healthy before that", async () => {
  const target = { url: server.typesenseUrl, apiKey: server.typesenseKey };
  const collections = new Collections(target, 30_000);
  const sink = new TypesenseSink(target, 60_000);
  const collection = await collections.create();
  for (let first = 1; first <= documents; first += 2_000) {
    const lines = Array.from({ length: 2_000 }, (_, index) => documentLine(first + index));
    expect(await sink.import(collection, lines)).toEqual({ status: "written", failures: [] });
  }
  server.kill("SIGKILL");
  await server.exited;
  server = await startTestTypesense(folder);
  expect(server.typesenseUrl).toBe(target.url);
  await vi.waitUntil(async () => {
    const answer = await sink.count(collection);
    return answer.status === "counted" && answer.documents === documents;
  }, patience);
});

function documentLine(id: number): { id: string; line: string } {
  const document = {
    id: String(id),
    ord: id,
    name: `Evening ${id}`,
    performer_names: ["Somebody"],
    aliases: [],
    venue_name: "Hall",
    city: "London",
    country: "GB",
    category: "Music",
    venue_id: "7",
    performer_ids: ["1"],
    starts_at: 2_000 + id,
    ends_at: 3_000 + id,
    past: false,
    availability: "available",
    available: 5,
    currency: "GBP",
    popularity: 1,
    rev: 1,
    shown: '{"description":"A description"}',
  };
  return { id: document.id, line: JSON.stringify(document) };
}
