import { expect, test } from "vitest";
import { plainNode } from "./nodes.ts";
import { parseEvent, type ParsedEvent } from "./parse-event.ts";

const place = {
  "@type": "StadiumOrArena",
  name: "Estadio Azteca",
  maximumAttendeeCapacity: 83_000,
  address: { "@type": "PostalAddress", addressLocality: "Mexico City", addressCountry: "MX" },
  geo: { "@type": "GeoCoordinates", latitude: 19.30306, longitude: -99.15056 },
};
const match = {
  "@type": "SportsEvent",
  identifier: "m-1",
  name: "Mexico vs South Africa",
  sport: "Soccer",
  startDate: "2026-06-11T13:00:00-06:00",
  location: place,
  competitor: [{ "@type": "SportsTeam", name: "Mexico" }, "South Africa"],
};

function parse(change: object, options = {}): ParsedEvent {
  const node = plainNode({ ...match, ...change }, new Map());
  return parseEvent(node, { daysLater: 0, fullCapacity: false, ...options });
}

test.each([
  ["no type", { "@type": undefined }, ["@type"]],
  ["a person", { "@type": "Person" }, ["@type"]],
  ["no name", { name: undefined }, ["name"]],
  ["an empty name", { name: "  " }, ["name"]],
  ["a name that is a number", { name: 7 }, ["name"]],
  ["a name with a NUL", { name: "a\0b" }, ["name"]],
  ["a name with half a character", { name: "a\uD800" }, ["name"]],
  ["a huge name", { name: "x".repeat(1_000_000) }, ["name"]],
  ["a huge description", { description: "x".repeat(1_000_000) }, ["description"]],
  ["no start", { startDate: undefined }, ["startDate"]],
  ["no start in a list", { startDate: [] }, ["startDate"]],
  ["an impossible start", { startDate: "2026-02-30" }, ["startDate"]],
  ["a start in the past of history", { startDate: "0100-01-01" }, ["startDate"]],
  ["an end before the start", { endDate: "2026-06-10" }, ["endDate"]],
  ["a strange duration", { duration: "2 hours" }, ["duration"]],
  ["a strange status", { eventStatus: "constructor" }, ["eventStatus"]],
  ["no place", { location: undefined }, ["location"]],
  ["a place that is a number", { location: 5 }, ["location"]],
  ["a place without a name", { location: { ...place, name: undefined } }, ["location", "name"]],
  ["a place nowhere", { location: { name: "Hall" } }, ["location", "address", "addressCountry"]],
  [
    "an unknown country",
    { location: { ...place, address: { addressCountry: "Atlantis" } } },
    ["location", "address", "addressCountry"],
  ],
  [
    "a latitude beyond the pole",
    { location: { ...place, geo: { latitude: 91, longitude: 0 } } },
    ["location", "geo", "latitude"],
  ],
  [
    "half a coordinate",
    { location: [{ ...place, geo: { latitude: 9 } }] },
    ["location", 0, "geo", "longitude"],
  ],
  [
    "a negative capacity",
    { location: { ...place, maximumAttendeeCapacity: -1 } },
    ["location", "maximumAttendeeCapacity"],
  ],
  ["half a seat", { maximumAttendeeCapacity: 10.5 }, ["maximumAttendeeCapacity"]],
  ["a nameless performer", { competitor: [{ name: "A" }, {}] }, ["competitor", 1, "name"]],
  ["too many performers", { competitor: Array(51).fill("A") }, ["competitor"]],
  ["a price in words", { offers: { price: "cheap" } }, ["offers", "price"]],
  ["a negative price", { offers: [{ price: -1 }] }, ["offers", 0, "price"]],
  ["no currency at all", { offers: { priceCurrency: "dollars" } }, ["offers", "priceCurrency"]],
  ["an invented currency", { offers: { priceCurrency: "ZZZ" } }, ["offers", "priceCurrency"]],
  [
    "two currencies",
    { offers: [{ priceCurrency: "USD" }, { priceCurrency: "EUR" }] },
    ["offers", 1, "priceCurrency"],
  ],
])("%s is an error that names the property", (_name, change, path) => {
  const parsed = parse(change);
  expect(parsed).toMatchObject({ ok: false, issues: [{ path }] });
  expect(parsed.ok ? "" : parsed.issues[0]?.message).toMatch(/^(is|must)/);
});

test("dates moved out of the calendar are an error, too", () => {
  expect(parse({}, { daysLater: 500_000 })).toMatchObject({
    ok: false,
    issues: [{ path: ["startDate"] }],
  });
});

test("full capacity has its limit", () => {
  expect(parse({ maximumAttendeeCapacity: 300_000 }, { fullCapacity: true })).toMatchObject({
    ok: false,
    issues: [{ path: ["maximumAttendeeCapacity"] }],
  });
});

test("keys of the prototype are properties like any others", () => {
  const hostile = JSON.parse(
    `{"__proto__": {"name": "x"}, "constructor": 1, "toString": {}, "hasOwnProperty": null}`,
  ) as object;
  expect(parse({ ...hostile })).toMatchObject({ ok: true, facts: { name: match.name } });
  expect(parse({ ...hostile, name: undefined }).ok).toBe(false);
  expect(Object.getPrototypeOf({})).toBe(Object.prototype);
});
