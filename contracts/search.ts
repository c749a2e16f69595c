import * as z from "zod";
import { Event } from "./events.ts";
import { PerformerId, VenueId } from "./ids.ts";
import { Amount, Currency } from "./money.ts";

const dateOrTime = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], {
    error: "must be a date (2026-06-11) or an RFC 3339 time",
  })
  .meta({ example: "2026-06-11" });

const wholeNumber = (least: number, most: number, preset: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int().min(least).max(most))
    .default(preset);

/** Longer keywords help nobody and would fill caches. */
export const keywordLengthMax = 100;

/** Deep pages cost the search server as much as all pages before them. */
export const searchDepthMax = 10_000;

/** The query of `GET /events/search` as text; unknown parameters are dropped before this is parsed. */
export const SearchQuery = z
  .object({
    keyword: z.string().trim().max(keywordLengthMax).optional(),
    start: dateOrTime.optional().describe("inclusive; default: events not yet begun"),
    end: dateOrTime.optional().describe("exclusive"),
    city: z.string().trim().min(1).max(100).optional(),
    country: z
      .string()
      .regex(/^[A-Za-z]{2}$/, "must be an ISO 3166-1 alpha-2 code")
      .optional(),
    category: z.string().trim().min(1).max(100).optional(),
    performerId: PerformerId.optional(),
    venueId: VenueId.optional(),
    available: z.enum(["true", "false"]).optional(),
    sort: z.enum(["relevance", "date", "price"]).optional(),
    pageSize: wholeNumber(1, 100, 20),
    page: wholeNumber(1, searchDepthMax, 1),
  })
  .refine((query) => query.page * query.pageSize <= searchDepthMax, {
    path: ["page"],
    message: `page × pageSize must be at most ${searchDepthMax}`,
  })
  .refine(
    (query) => !query.start || !query.end || Date.parse(query.start) < Date.parse(query.end),
    { path: ["end"], message: "must be after start" },
  )
  .meta({ id: "SearchQuery" });
export type SearchQuery = z.infer<typeof SearchQuery>;

export const CoarseAvailability = z
  .enum(["available", "few", "sold-out"])
  .meta({ id: "CoarseAvailability" });
export type CoarseAvailability = z.infer<typeof CoarseAvailability>;

export const FoundEvent = Event.extend({
  venue: z.object({ id: VenueId, name: z.string(), city: z.string(), country: z.string() }),
  performer: z.object({ id: PerformerId, name: z.string() }),
  priceRange: z
    .object({ min: Amount, max: Amount, currency: Currency })
    .nullable()
    .describe("null while the event has no tickets"),
  availability: CoarseAvailability,
}).meta({ id: "FoundEvent" });
export type FoundEvent = z.infer<typeof FoundEvent>;

export const SearchResult = z
  .object({
    events: z.array(FoundEvent),
    page: z.int(),
    pageSize: z.int(),
    total: z.int(),
    partial: z.boolean().describe("the search server stopped early: there may be more"),
    degraded: z.boolean().describe("answered by the fallback: order and typos may be worse"),
  })
  .meta({ id: "SearchResult" });
export type SearchResult = z.infer<typeof SearchResult>;

/** Below this share of its tickets an event has `few` left. */
const fewShare = 0.1;

/**
 * The coarse availability that search shows; it changes rarely, so that most sales leave the index alone.
 * @param available tickets that can be bought
 * @param sellable all tickets but the blocked ones
 */
export function coarseAvailability(available: number, sellable: number): CoarseAvailability {
  if (available === 0) return "sold-out";
  return available < sellable * fewShare ? "few" : "available";
}
