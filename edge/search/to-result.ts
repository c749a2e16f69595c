import { Admission } from "../../contracts/events.ts";
import { CoarseAvailability, type FoundEvent, type SearchResult } from "../../contracts/search.ts";
import type { NormalSearch } from "./normalise.ts";
import {
  fieldsOf,
  firstText,
  integer,
  list,
  oneOf,
  optionalBoolean,
  optionalInteger,
  text,
} from "./read-fields.ts";
import { toTime } from "./to-time.ts";

/**
 * Typesense's answer in the words of the API. It is read field by field, each checked for its kind: a schema is
 * interpreted anew for each of twenty documents, since Workers compile nothing at run time.
 * @returns also how many documents there were to choose from
 * @throws TypeError when it is not what the indexer writes, RangeError when a time is no time
 */
export function toSearchResult(
  answer: unknown,
  search: Pick<NormalSearch, "page" | "pageSize">,
): { result: SearchResult; documents: number } {
  const it = fieldsOf(answer);
  const result = {
    events: list(it, "hits").map(toFoundEvent),
    page: search.page,
    pageSize: search.pageSize,
    total: integer(it, "found"),
    partial: optionalBoolean(it, "search_cutoff"),
    degraded: false,
  };
  return { result, documents: integer(it, "out_of") };
}

function toFoundEvent(hit: unknown): FoundEvent {
  const it = fieldsOf(fieldsOf(hit)["document"]);
  const performerId = firstText(it, "performer_ids");
  const venueId = text(it, "venue_id");
  const [min, max] = [optionalInteger(it, "min_price"), optionalInteger(it, "max_price")];
  const currency = text(it, "currency");
  return {
    id: text(it, "id"),
    name: text(it, "name"),
    description: text(it, "description"),
    category: text(it, "category"),
    status: "published",
    startsAt: toTime(integer(it, "starts_at")),
    endsAt: toTime(integer(it, "ends_at")),
    timeZone: text(it, "time_zone"),
    onSaleAt: toTime(integer(it, "on_sale_at")),
    venueId,
    performerId,
    version: integer(it, "version"),
    admission: oneOf(it, "admission", Admission.options),
    venue: {
      id: venueId,
      name: text(it, "venue_name"),
      city: text(it, "city"),
      country: text(it, "country"),
    },
    performer: { id: performerId, name: firstText(it, "performer_names") },
    priceRange: min === undefined || max === undefined ? null : { min, max, currency },
    availability: oneOf(it, "availability", CoarseAvailability.options),
  };
}
