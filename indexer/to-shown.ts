import * as z from "zod";
import { FoundEvent } from "../contracts/search.ts";
import type { SearchDocument } from "../contracts/search-document.ts";

/** What is searched, filtered and sorted by. */
export type Searched = Omit<SearchDocument, "shown">;

/** What is only shown. */
export interface ShownColumns {
  readonly description: string;
  readonly time_zone: string;
  /** Unix seconds. */
  readonly on_sale_at: number;
  readonly version: number;
  readonly queue_enabled: boolean;
}

const Time = z.string().min(1, "is no time");
const Shown = FoundEvent.extend({ startsAt: Time, endsAt: Time, onSaleAt: Time });

const beyondAscii = /[\u0080-\uffff]/g;

/**
 * Writes what a search shows of an event, once for all who find it: the edge then pastes twenty of these together, where
 * reading as many documents, making events of them and writing those was most of its own work on a search (decision
 * 0127). Letters beyond ASCII are escaped: a runtime that meets a single one of them decodes and encodes letter by
 * letter, and beyond Latin-1 keeps all of the text in twice the memory.
 * @param searched the rest of its document
 */
export function toShown(
  row: ShownColumns,
  searched: Searched,
): { success: true; text: string } | { success: false; error: z.ZodError } {
  const shown = Shown.safeParse(assemble(row, searched));
  if (!shown.success) return shown;
  const text = JSON.stringify(shown.data).replace(beyondAscii, escape);
  return { success: true, text };
}

function assemble(row: ShownColumns, searched: Searched): FoundEvent {
  const { venue_id: venueId, min_price: min, max_price: max, currency } = searched;
  const [performerId = ""] = searched.performer_ids;
  const [performerName = ""] = searched.performer_names;
  return {
    id: searched.id,
    name: searched.name,
    description: row.description.normalize("NFC"),
    category: searched.category,
    status: "published",
    startsAt: toTime(searched.starts_at),
    endsAt: toTime(searched.ends_at),
    timeZone: row.time_zone,
    onSaleAt: toTime(row.on_sale_at),
    venueId,
    performerId,
    version: row.version,
    admission: row.queue_enabled ? "queue" : "open",
    venue: {
      id: venueId,
      name: searched.venue_name,
      city: searched.city,
      country: searched.country,
    },
    performer: { id: performerId, name: performerName },
    priceRange: min === undefined || max === undefined ? null : { min, max, currency },
    availability: searched.availability,
  };
}

/** As the views write it. @param seconds Unix seconds; `""` when no date is so far away */
function toTime(seconds: number): string {
  const time = new Date(seconds * 1_000);
  return Number.isNaN(time.getTime()) ? "" : time.toISOString();
}

function escape(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
