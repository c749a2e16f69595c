import * as z from "zod";
import { Admission } from "../../contracts/events.ts";
import { CoarseAvailability, type FoundEvent, type SearchResult } from "../../contracts/search.ts";
import { readFields } from "./read-fields.ts";
import type { NormalSearch } from "./normalise.ts";

/** What of Typesense's answer is read. */
const Answer = z.object({
  found: z.int(),
  out_of: z.int(),
  search_cutoff: z.boolean().default(false),
  hits: z.array(z.unknown()),
});

/**
 * Typesense's answer in the words of the API. The documents are read field by field, each checked for its kind: a schema
 * is interpreted anew for each of twenty documents, since Workers compile nothing at run time.
 * @returns also how many documents there were to choose from
 * @throws ZodError or TypeError when it is not what the indexer writes
 */
export function toSearchResult(
  answer: unknown,
  search: NormalSearch,
): { result: SearchResult; documents: number } {
  const { found, out_of: documents, search_cutoff, hits } = Answer.parse(answer);
  const result = {
    events: hits.map(toFoundEvent),
    page: search.page,
    pageSize: search.pageSize,
    total: found,
    partial: search_cutoff,
    degraded: false,
  };
  return { result, documents };
}

function toFoundEvent(hit: unknown): FoundEvent {
  const it = readFields(readFields(hit).value("document"));
  const performerId = it.texts("performer_ids")[0] ?? "";
  const venueId = it.text("venue_id");
  const [min, max] = [it.optionalInteger("min_price"), it.optionalInteger("max_price")];
  const currency = it.text("currency");
  return {
    id: it.text("id"),
    name: it.text("name"),
    description: it.text("description"),
    category: it.text("category"),
    status: "published",
    startsAt: toTime(it.integer("starts_at")),
    endsAt: toTime(it.integer("ends_at")),
    timeZone: it.text("time_zone"),
    onSaleAt: toTime(it.integer("on_sale_at")),
    venueId,
    performerId,
    version: it.integer("version"),
    admission: it.oneOf("admission", Admission.options),
    venue: {
      id: venueId,
      name: it.text("venue_name"),
      city: it.text("city"),
      country: it.text("country"),
    },
    performer: { id: performerId, name: it.texts("performer_names")[0] ?? "" },
    priceRange: min === undefined || max === undefined ? null : { min, max, currency },
    availability: it.oneOf("availability", CoarseAvailability.options),
  };
}

/** Without milliseconds, as the views write times. */
function toTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
