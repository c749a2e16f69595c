import { expect, test } from "vitest";
import { allCountryCodes } from "./countries.ts";
import { countryOfTimeZone, timeZoneAt, timeZoneOfCountry } from "./time-zone.ts";

test.each([
  ["Mexico City", 19.30306, -99.15056, "America/Mexico_City"],
  ["Kansas City", 39.04889, -94.48389, "America/Chicago"],
  ["Vancouver", 49.27667, -123.11194, "America/Vancouver"],
  ["Berlin", 52.5145, 13.2395, "Europe/Berlin"],
  ["Kathmandu", 27.7172, 85.324, "Asia/Kathmandu"],
])("%s lies in its zone", (_city, latitude, longitude, zone) => {
  expect(timeZoneAt(latitude, longitude)).toBe(zone);
});

const june = Date.parse("2026-06-15T12:00:00Z");
test.each([
  ["US", undefined, "America/New_York"],
  ["US", -4, "America/New_York"],
  ["US", -7, "America/Los_Angeles"],
  ["US", -5, "America/Chicago"],
  ["MX", -6, "America/Mexico_City"],
  ["MX", 3, "America/Mexico_City"],
  ["FR", undefined, "Europe/Paris"],
])("only %s and the offset %s known: %s", (country, hours, zone) => {
  const written =
    hours === undefined ? undefined : { instantMs: june, offsetMs: hours * 3_600_000 };
  expect(timeZoneOfCountry(country, written)).toBe(zone);
});

test("a zone tells its country, by either of its names", () => {
  expect(countryOfTimeZone("Asia/Kolkata")).toBe("IN");
  expect(countryOfTimeZone("Asia/Calcutta")).toBe("IN");
  expect(countryOfTimeZone("Europe/Belgrade")).toBe("RS");
  expect(countryOfTimeZone("America/Toronto")).toBe("CA");
  expect(countryOfTimeZone("Etc/GMT+9")).toBeUndefined();
});

test("every inhabited country has a zone", () => {
  const without = allCountryCodes().filter((country) => !timeZoneOfCountry(country));
  expect(without).toEqual(["BV", "HM"]);
});
