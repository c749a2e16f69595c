import type { Ticket } from "../../contracts/events.ts";
import type { Money } from "../../contracts/money.ts";
import type { Locale } from "./locale.ts";
import type { Messages } from "./messages/en.ts";

/** Intl's objects cost about 50 µs to make and nothing to keep. */
const made = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

/** An amount of money as people write it; whole amounts without their zeros. */
export function money(locale: Locale, { amount, currency }: Money): string {
  const digits = fractionDigits(currency);
  const value = amount / 10 ** digits;
  const whole = Number.isInteger(value);
  return numberFormat(
    `${locale} ${currency} ${whole}`,
    () =>
      new Intl.NumberFormat(locale, {
        style: "currency",
        currency,
        minimumFractionDigits: whole ? 0 : digits,
        maximumFractionDigits: digits,
      }),
  ).format(value);
}

/** From the lowest to the highest amount; one amount where they are the same. */
export function moneyRange(
  locale: Locale,
  { min, max, currency }: { min: number; max: number; currency: string },
): string {
  const low = money(locale, { amount: min, currency });
  return min === max ? low : `${low} – ${money(locale, { amount: max, currency })}`;
}

/** How many digits the minor unit of a currency has: 2 for EUR, 0 for JPY. */
export function fractionDigits(currency: string): number {
  return (
    numberFormat(
      `digits ${currency}`,
      () => new Intl.NumberFormat("en", { style: "currency", currency }),
    ).resolvedOptions().maximumFractionDigits ?? 2
  );
}

export function wholeNumber(locale: Locale, value: number): string {
  return numberFormat(`${locale} whole`, () => new Intl.NumberFormat(locale)).format(value);
}

/** A sentence about a number of things, in its form for exactly one where it is one. */
export function counted(
  locale: Locale,
  value: number,
  many: (count: string) => string,
  one: string,
): string {
  return value === 1 ? one : many(wholeNumber(locale, value));
}

/** How a time is written. */
const styles = {
  /** Thursday, 11 June 2026 */
  day: { weekday: "long", day: "numeric", month: "long", year: "numeric" },
  /** 19:00 with the zone's name */
  time: { hour: "2-digit", minute: "2-digit", timeZoneName: "short" },
  /** Thu, 11 Jun 2026, 19:00 with the zone's name */
  full: {
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  },
  /** 27 Nov, 10:00 with the zone's name */
  brief: {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  },
  dayNumber: { day: "numeric" },
  month: { month: "short" },
  weekday: { weekday: "short" },
  year: { year: "numeric" },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

/**
 * A time in the venue's zone.
 * @param at RFC 3339, or Unix milliseconds
 * @param timeZone IANA name; an unknown one falls back to UTC, which is named
 */
export function time(
  locale: Locale,
  style: keyof typeof styles,
  at: string | number,
  timeZone: string,
): string {
  const zone = timeZone === "" ? "UTC" : timeZone;
  const options: Intl.DateTimeFormatOptions = styles[style];
  const text = dateFormat(locale, style, options, zone).format(new Date(at));
  // "GMT-6" names no place: "Mexico City Time" does. Where a zone has a name of its own (CEST) it stays.
  if (options.timeZoneName === undefined || !/(GMT|UTC)[+\-−]/.test(text)) return text;
  const named = { ...options, timeZoneName: "shortGeneric" as const };
  return dateFormat(locale, `${style} named`, named, zone).format(new Date(at));
}

type Place = Pick<Ticket, "section" | "row" | "seat">;

/** Seats of a booking, as few words as possible: "Section 102, row F, seat 14, 15". */
export function places(m: Messages, tickets: readonly Place[]): string[] {
  const groups = new Map<string, { first: Place; seats: string[] }>();
  for (const ticket of tickets) {
    const key = JSON.stringify([ticket.section, ticket.row]);
    const group = groups.get(key) ?? { first: ticket, seats: [] };
    if (ticket.seat !== "") group.seats.push(ticket.seat);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ first, seats }) =>
    m.place(first.section, first.row, seats.join(", ")),
  );
}

function dateFormat(
  locale: Locale,
  style: string,
  options: Intl.DateTimeFormatOptions,
  timeZone: string,
): Intl.DateTimeFormat {
  const key = `${locale} ${style} ${timeZone}`;
  const known = made.get(key);
  if (known instanceof Intl.DateTimeFormat) return known;
  const language = locale === "en" ? "en-GB" : locale; // English for everybody: 24 hours, day before month
  const make = (zone: string) => new Intl.DateTimeFormat(language, { ...options, timeZone: zone });
  let format;
  try {
    format = make(timeZone);
  } catch {
    format = make("UTC"); // an unknown zone: UTC, and it says so
  }
  made.set(key, format);
  return format;
}

function numberFormat(key: string, make: () => Intl.NumberFormat): Intl.NumberFormat {
  const known = made.get(key);
  if (known instanceof Intl.NumberFormat) return known;
  const format = make();
  made.set(key, format);
  return format;
}
