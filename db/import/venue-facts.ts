import { countryCode } from "./countries.ts";
import { FactError, type VenueFacts } from "./facts.ts";
import type { Address, Place } from "./shapes.ts";
import { boundedKey, nameKey } from "./text.ts";
import { countryOfTimeZone, timeZoneAt, timeZoneOfCountry } from "./time-zone.ts";
import type { When } from "./when.ts";

/**
 * Makes a venue of a place. schema.org has no time zones: coordinates give it, without them the country does, together
 * with the offset from UTC of the event's start.
 * @throws FactError when the place does not tell its country in any way
 */
export function venueFacts(place: Place, start: When): VenueFacts {
  const address = place.address ?? place.containedInPlace?.address ?? {};
  const geo = place.geo ?? ownCoordinates(place) ?? place.containedInPlace?.geo;
  const zoneThere = geo && timeZoneAt(geo.latitude, geo.longitude);
  const lines = addressParts(address);
  const country = countryOf(address, lines) ?? (zoneThere && countryOfTimeZone(zoneThere));
  if (!country) {
    throw new FactError(["location", "address", "addressCountry"], "is required, or coordinates");
  }
  const timeZone = zoneThere ?? timeZoneOfCountry(country, writtenOffset(start));
  if (!timeZone) throw new FactError(["location", "geo"], `is required: ${country} has no clocks`);
  const city = address.addressLocality || address.addressRegion || cityIn(lines, country);
  return {
    key: venueKey(place.name, city, country),
    name: place.name,
    city,
    country,
    latitude: geo?.latitude,
    longitude: geo?.longitude,
    timeZone,
    capacity: place.maximumAttendeeCapacity,
    alternateNames: place.alternateName ?? [],
  };
}

/** What makes two mentions of a venue the same one. */
export function venueKey(name: string, city: string, country: string): string {
  return boundedKey([name, city, country].map(nameKey).join("|"));
}

function ownCoordinates({ latitude, longitude }: Place) {
  return latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
}

function writtenOffset(start: When): { instantMs: number; offsetMs: number } | undefined {
  if (start.kind !== "instant" || start.offsetMs === undefined) return undefined;
  return { instantMs: start.instantMs, offsetMs: start.offsetMs };
}

function addressParts(address: Address): string[] {
  return (address.line ?? "")
    .split(/[,\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** The country as the address names it, or the last part of an address in one line, if that is a country. */
function countryOf(address: Address, parts: readonly string[]): string | undefined {
  if (address.addressCountry === undefined) return countryCode(parts.at(-1) ?? "");
  const code = countryCode(address.addressCountry);
  if (code) return code;
  throw new FactError(
    ["location", "address", "addressCountry"],
    `must be a country or its ISO 3166-1 code, not "${address.addressCountry.slice(0, 60)}"`,
  );
}

/**
 * The city in "4 Pennsylvania Plaza, New York, NY 10001, US" or "Messedamm 22, 14055 Berlin, Germany": from the end,
 * the first part that has a word left when postal codes and initials of regions are gone.
 */
function cityIn(parts: readonly string[], country: string): string {
  for (const part of parts.toReversed()) {
    if (countryCode(part) === country) continue;
    const words = part.split(/\s+/).filter((it) => !/\d/.test(it) && !/^[A-Z]{2,4}$/.test(it));
    if (words.length > 0) return words.join(" ");
  }
  return "";
}
