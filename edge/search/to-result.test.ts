import { expect, test } from "vitest";
import { SearchResult } from "../../contracts/search.ts";
import type { SearchDocument } from "../../contracts/search-document.ts";
import { normaliseSearch } from "./normalise.ts";
import { toSearchResult } from "./to-result.ts";

const search = normaliseSearch({ pageSize: 20, page: 1 });
const document: SearchDocument = {
  id: "12",
  name: "Night of the Proms",
  performer_names: ["Orchestra", "Choir"],
  aliases: [],
  venue_name: "Royal Hall",
  city: "London",
  country: "GB",
  category: "music",
  venue_id: "3",
  performer_ids: ["7", "8"],
  starts_at: 1_900_000_000,
  ends_at: 1_900_010_000,
  past: false,
  availability: "few",
  available: 12,
  min_price: 4_500,
  max_price: 9_000,
  currency: "GBP",
  popularity: 1,
  ord: 12,
  rev: 99,
  description: "",
  time_zone: "Europe/London",
  on_sale_at: 1_800_000_000,
  version: 4,
  admission: "open",
};
const answerOf = (one: unknown) => ({ found: 1, out_of: 50, hits: [{ document: one }] });

test("an answer becomes what the contract promises", () => {
  const { result, documents } = toSearchResult(answerOf(document), search);
  expect(documents).toBe(50);
  expect(SearchResult.parse(result)).toEqual(result);
  expect(result.events[0]).toMatchObject({
    startsAt: "2030-03-17T17:46:40.000Z",
    venue: { id: "3", name: "Royal Hall" },
    performer: { id: "7", name: "Orchestra" },
    priceRange: { min: 4_500, max: 9_000, currency: "GBP" },
    availability: "few",
  });
});

test("an event without tickets has no price", () => {
  const { min_price: _, max_price: __, ...unpriced } = document;
  const { result } = toSearchResult(answerOf({ ...unpriced, currency: "" }), search);
  expect(result.events[0]?.priceRange).toBeNull();
});

test.each([
  ["name", 5],
  ["performer_ids", "7"],
  ["performer_names", [1]],
  ["starts_at", "soon"],
  ["version", 1.5],
  ["min_price", null],
  ["availability", "plenty"],
  ["admission", "closed"],
])("a document whose %s is %j is none of ours", (name, value) => {
  expect(() => toSearchResult(answerOf({ ...document, [name]: value }), search)).toThrow(name);
});

test.each([[undefined], [null], ["text"]])("a hit of %j is none of ours", (one) => {
  expect(() => toSearchResult(answerOf(one), search)).toThrow(TypeError);
});
