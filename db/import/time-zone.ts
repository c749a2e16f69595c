import tzLookup from "@photostructure/tz-lookup";
import { allCountryCodes } from "./countries.ts";
import { zoneOffsetMs } from "./zoned-time.ts";

/** Where most people of a country with several time zones live. */
const mainZones: Readonly<Record<string, string>> = {
  AR: "America/Argentina/Buenos_Aires",
  AU: "Australia/Sydney",
  BR: "America/Sao_Paulo",
  CA: "America/Toronto",
  CD: "Africa/Kinshasa",
  CL: "America/Santiago",
  CN: "Asia/Shanghai",
  CY: "Asia/Nicosia",
  DE: "Europe/Berlin",
  EC: "America/Guayaquil",
  ES: "Europe/Madrid",
  FM: "Pacific/Pohnpei",
  GL: "America/Nuuk",
  ID: "Asia/Jakarta",
  KI: "Pacific/Tarawa",
  KZ: "Asia/Almaty",
  MH: "Pacific/Majuro",
  MN: "Asia/Ulaanbaatar",
  MX: "America/Mexico_City",
  MY: "Asia/Kuala_Lumpur",
  NZ: "Pacific/Auckland",
  PF: "Pacific/Tahiti",
  PG: "Pacific/Port_Moresby",
  PS: "Asia/Hebron",
  PT: "Europe/Lisbon",
  RU: "Europe/Moscow",
  UA: "Europe/Kyiv",
  US: "America/New_York",
  UZ: "Asia/Tashkent",
  XK: "Europe/Belgrade",
};

/** Where clocks differ, these come before the small ones that happen to share the offset. */
const largeZones: Readonly<Record<string, readonly string[]>> = {
  AU: ["Australia/Brisbane", "Australia/Perth", "Australia/Adelaide", "Australia/Darwin"],
  BR: ["America/Manaus", "America/Noronha"],
  CA: ["America/Vancouver", "America/Edmonton", "America/Winnipeg", "America/Halifax"],
  US: ["America/Chicago", "America/Los_Angeles", "America/Denver", "America/Phoenix"],
};

/**
 * The time zone of a point on earth.
 * @param latitude degrees north, -90 to 90
 * @param longitude degrees east, -180 to 180
 */
export function timeZoneAt(latitude: number, longitude: number): string {
  return tzLookup(latitude, longitude);
}

/**
 * The likeliest time zone of a place of which only the country is known: the first whose clocks differ from UTC as the
 * source's own times do, otherwise the zone where most people live.
 * @param country ISO 3166-1 alpha-2
 * @param written an instant (Unix milliseconds) and the offset from UTC that the source wrote with it, if it did
 * @returns undefined when the country has no zone of its own
 */
export function timeZoneOfCountry(
  country: string,
  written?: { instantMs: number; offsetMs: number },
): string | undefined {
  const zones = zonesOfCountry(country);
  const fitting = written
    ? zones.find((zone) => zoneOffsetMs(written.instantMs, zone) === written.offsetMs)
    : undefined;
  return fitting ?? zones[0];
}

const countryOfZone = new Map<string, string>();

/**
 * The country that a time zone belongs to.
 * @returns ISO 3166-1 alpha-2; undefined for zones of the open sea
 */
export function countryOfTimeZone(timeZone: string): string | undefined {
  if (countryOfZone.size === 0) {
    for (const country of allCountryCodes()) {
      for (const zone of zonesOfCountry(country).map(canonical)) {
        if (!countryOfZone.has(zone)) countryOfZone.set(zone, country);
      }
    }
  }
  return countryOfZone.get(canonical(timeZone));
}

/** The zones of a country, the most populous ones first. */
function zonesOfCountry(country: string): string[] {
  const main = mainZones[country];
  return [
    ...new Set([
      ...(main ? [main] : []),
      ...(largeZones[country] ?? []),
      ...intlZones(new Intl.Locale("und", { region: country })),
    ]),
  ];
}

/** Node has it; TypeScript's library does not name it yet. */
function intlZones(locale: Intl.Locale): readonly string[] {
  const known = locale as Intl.Locale & { getTimeZones?(): string[] | undefined };
  return known.getTimeZones?.() ?? [];
}

/** One spelling per zone: "Asia/Calcutta" and "Asia/Kolkata" are the same. */
function canonical(timeZone: string): string {
  return new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone;
}
