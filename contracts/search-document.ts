import * as z from "zod";
import { EventId, PerformerId, VenueId } from "./ids.ts";
import { Amount, Currency } from "./money.ts";
import { CoarseAvailability } from "./search.ts";

/** Typesense stores integers beyond 2^53 rounded, and accepts an int32 it cannot index: check before sending. */
const int32 = z.int32();
const unixSeconds = z.int();

/**
 * One published event as the search collection holds it: written by the indexer, read by the edge.
 * Times are Unix seconds, money is in minor units.
 */
export const SearchDocument = z.strictObject({
  id: EventId,
  name: z.string(),
  performer_names: z.array(z.string()),
  aliases: z.array(z.string()),
  venue_name: z.string(),
  city: z.string(),
  country: z.string(),
  category: z.string(),
  venue_id: VenueId,
  performer_ids: z.array(PerformerId).min(1),
  starts_at: unixSeconds,
  ends_at: unixSeconds,
  past: z.boolean(),
  availability: CoarseAvailability,
  available: int32,
  min_price: Amount.optional(),
  max_price: Amount.optional(),
  currency: Currency.or(z.literal("")),
  popularity: int32,
  ord: z.int(),
  rev: z.int(),
  /** A `FoundEvent` as JSON: what a search answers with, made once for all who find it. Stored, not searched. */
  shown: z.string().startsWith("{").endsWith("}"),
});
export type SearchDocument = z.infer<typeof SearchDocument>;

/** The stable name that readers use; versioned collections are `events_v1`, `events_v2`, … */
export const searchAlias = "events";
