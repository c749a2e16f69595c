import { coarseAvailability } from "../contracts/search.ts";
import { SearchDocument } from "../contracts/search-document.ts";
import { type Searched, type ShownColumns, toShown } from "./to-shown.ts";

/** A performer as the query returns it: id, name, alternate names. */
export type PerformerColumns = readonly [id: string, name: string, alternateNames: string[]];

/** The tickets of one event in one currency. */
export interface SeatColumns {
  readonly currency: string;
  readonly tickets: number;
  readonly available: number;
  readonly sellable: number;
  /** Minor units; `null` when all of them are blocked. */
  readonly min_price: number | null;
  readonly max_price: number | null;
}

/** One event as `read-documents` returns it. */
export interface EventRow extends ShownColumns {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly status: "draft" | "published" | "cancelled";
  /** Unix seconds. */
  readonly starts_at: number;
  readonly ends_at: number;
  readonly popularity: number;
  readonly venue_id: string;
  readonly venue_name: string;
  readonly venue_alternate_names: string[];
  readonly city: string;
  readonly country: string;
  /** Headliner first. */
  readonly performers: readonly PerformerColumns[];
  readonly seats: readonly SeatColumns[];
}

const Searched = SearchDocument.omit({ shown: true });

export type Projection =
  | { status: "document"; document: SearchDocument }
  | { status: "hidden" }
  | { status: "invalid"; error: string; document: unknown };

/**
 * Builds the search document of an event. Drafts and cancelled events have none.
 * @param nowSeconds the database's clock, which decides whether the event has begun
 * @param rev see `SearchDocument`
 */
export function project(row: EventRow, nowSeconds: number, rev: number): Projection {
  if (row.status !== "published") return { status: "hidden" };
  const candidate = assemble(row, nowSeconds, rev);
  const checked = Searched.safeParse(candidate);
  const shown = checked.success ? toShown(row, checked.data) : checked;
  if (checked.success && shown.success) {
    return { status: "document", document: { ...checked.data, shown: shown.text } };
  }
  const issues = shown.success ? [] : shown.error.issues;
  const error = issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
  return { status: "invalid", error, document: candidate };
}

function assemble(row: EventRow, nowSeconds: number, rev: number): Searched {
  const performers = distinct(row.performers, ([id]) => id);
  // Prices in different currencies do not compare: the range is that of the currency most tickets are in.
  const leading = row.seats.toSorted(byTickets)[0];
  const available = sum(row.seats, (seats) => seats.available);
  const sellable = sum(row.seats, (seats) => seats.sellable);
  return {
    id: row.id,
    name: nfc(row.name),
    performer_names: performers.map(([, name]) => nfc(name)),
    aliases: aliasesOf(row, performers),
    venue_name: nfc(row.venue_name),
    city: nfc(row.city),
    country: row.country,
    category: nfc(row.category),
    venue_id: row.venue_id,
    performer_ids: performers.map(([id]) => id),
    starts_at: row.starts_at,
    ends_at: row.ends_at,
    past: row.starts_at <= nowSeconds,
    availability: coarseAvailability(available, sellable),
    available,
    ...(leading?.min_price != null && { min_price: leading.min_price }),
    ...(leading?.max_price != null && { max_price: leading.max_price }),
    currency: leading?.currency ?? "",
    popularity: row.popularity,
    ord: Number(row.id),
    rev,
  };
}

/** Alternate names of performers and venue, and the initials that fans use: PSG, MSG, QOTSA. */
function aliasesOf(row: EventRow, performers: readonly PerformerColumns[]): string[] {
  const names = [
    ...performers.flatMap(([, name, alternateNames]) => [...alternateNames, ...initials(name)]),
    ...row.venue_alternate_names,
    ...initials(row.venue_name),
  ];
  return [...new Set(names.map(nfc))];
}

/** @returns the initials of a name of three words or more, else nothing */
export function initials(name: string): string[] {
  const words = name.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'’.]*/gu) ?? [];
  return words.length < 3 ? [] : [words.map((word) => [...word][0]?.toUpperCase()).join("")];
}

/** Readers normalise their keywords to NFC: a decomposed é is another letter to the search server. */
function nfc(text: string): string {
  return text.normalize("NFC");
}

function byTickets(a: SeatColumns, b: SeatColumns): number {
  return b.tickets - a.tickets || (a.currency < b.currency ? -1 : 1);
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

function distinct<T>(items: readonly T[], key: (item: T) => string): T[] {
  const seen = new Set<string>();
  return items.filter((item) => !seen.has(key(item)) && seen.add(key(item)));
}
