import * as z from "zod";
import { SearchDocument } from "../../contracts/search-document.ts";
import type { FoundEvent, SearchResult } from "../../contracts/search.ts";
import type { NormalSearch } from "./normalise.ts";

const document = SearchDocument.omit({
  aliases: true,
  popularity: true,
  rev: true,
  ord: true,
}).strip();

/** What of Typesense's answer is read. */
const Answer = z.object({
  found: z.int(),
  out_of: z.int(),
  search_cutoff: z.boolean().default(false),
  hits: z.array(z.object({ document })),
});

/**
 * Typesense's answer in the words of the API.
 * @returns also how many documents there were to choose from
 * @throws ZodError when it is not what the indexer writes
 */
export function toSearchResult(
  answer: unknown,
  search: NormalSearch,
): { result: SearchResult; documents: number } {
  const { found, out_of: documents, search_cutoff, hits } = Answer.parse(answer);
  const result = {
    events: hits.map((hit) => toFoundEvent(hit.document)),
    page: search.page,
    pageSize: search.pageSize,
    total: found,
    partial: search_cutoff,
    degraded: false,
  };
  return { result, documents };
}

function toFoundEvent(found: z.infer<typeof document>): FoundEvent {
  const performerId = found.performer_ids[0] ?? "";
  const { min_price: min, max_price: max, currency } = found;
  return {
    id: found.id,
    name: found.name,
    description: found.description,
    category: found.category,
    status: "published",
    startsAt: toTime(found.starts_at),
    endsAt: toTime(found.ends_at),
    timeZone: found.time_zone,
    onSaleAt: toTime(found.on_sale_at),
    venueId: found.venue_id,
    performerId,
    version: found.version,
    admission: found.admission,
    venue: { id: found.venue_id, name: found.venue_name, city: found.city, country: found.country },
    performer: { id: performerId, name: found.performer_names[0] ?? "" },
    priceRange: min === undefined || max === undefined ? null : { min, max, currency },
    availability: found.availability,
  };
}

/** Without milliseconds, as the views write times. */
function toTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
