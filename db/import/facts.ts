/** What an import stores, checked and in the database's own words. */

export interface VenueFacts {
  /** Identifies the venue across imports: its name, city and country. */
  readonly key: string;
  readonly name: string;
  readonly city: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly latitude: number | undefined;
  readonly longitude: number | undefined;
  /** Without coordinates a guess, which gives way to what is stored. */
  readonly timeZone: string;
  readonly capacity: number | undefined;
  readonly alternateNames: readonly string[];
}

export interface PerformerFacts {
  readonly key: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly genre: string | undefined;
  readonly alternateNames: readonly string[];
}

/** A block of seats in rows of nearly the same length; later rows are the longer ones. */
export interface SeatSection {
  readonly name: string;
  readonly rows: number;
  readonly seats: number;
  /** Minor units. */
  readonly price: number;
}

export interface EventFacts {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly category: string;
  readonly status: "draft" | "published" | "cancelled";
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** Undefined when the source does not say: then it is on sale from the import on. */
  readonly onSaleAt: Date | undefined;
  readonly venue: VenueFacts;
  /** At least one; the first is the headliner. */
  readonly performers: readonly PerformerFacts[];
  readonly seats: number;
  /** Minor units, dearest first. */
  readonly prices: readonly number[];
  /** Whether the source names the prices; otherwise they never replace stored ones. */
  readonly pricesGiven: boolean;
  readonly currency: string;
}

/** Something wrong with one property of an item. */
export interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Thrown by the functions that make facts, caught by the one that makes an event of them. */
export class FactError extends Error {
  readonly path: readonly PropertyKey[];

  constructor(path: readonly PropertyKey[], message: string) {
    super(message);
    this.path = path;
  }
}
