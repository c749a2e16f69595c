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

function facts(change: object, options = {}) {
  const parsed = parse(change, options);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.facts;
}

test("a match becomes an event with its venue and both teams", () => {
  expect(facts({})).toEqual({
    key: "identifier:m-1",
    name: "Mexico vs South Africa",
    description: "",
    category: "Soccer",
    status: "published",
    startsAt: new Date("2026-06-11T19:00:00Z"),
    endsAt: new Date("2026-06-11T21:30:00Z"),
    onSaleAt: undefined,
    venue: {
      key: "estadio azteca|mexico city|mx",
      name: "Estadio Azteca",
      city: "Mexico City",
      country: "MX",
      latitude: 19.30306,
      longitude: -99.15056,
      timeZone: "America/Mexico_City",
      capacity: 83_000,
      alternateNames: [],
    },
    performers: [
      { key: "team:mexico", name: "Mexico", genre: "Soccer", alternateNames: [] },
      { key: "team:south africa", name: "South Africa", genre: "Soccer", alternateNames: [] },
    ],
    seats: 2_000,
    prices: [240_000, 170_000, 120_000, 80_000],
    pricesGiven: false,
    currency: "MXN",
  });
});

test.each([
  ["as many seats as there are", {}, { fullCapacity: true }, 83_000],
  ["the event's own capacity before the place's", { maximumAttendeeCapacity: 500 }, {}, 500],
  ["a capacity in words of digits", { maximumAttendeeCapacity: "750" }, {}, 750],
  ["a capacity as a quantity", { maximumAttendeeCapacity: { maxValue: 60 } }, {}, 60],
  ["1,000 by default", { location: { ...place, maximumAttendeeCapacity: null } }, {}, 1_000],
])("seats: %s", (_name, change, options, seats) => {
  expect(facts(change, options).seats).toBe(seats);
});

test.each([
  ["code", { addressCountry: "GB" }, "GB", "Europe/London"],
  ["three letters", { addressCountry: "GBR" }, "GB", "Europe/London"],
  ["name", { addressCountry: "United Kingdom" }, "GB", "Europe/London"],
  ["thing", { addressCountry: { "@type": "Country", name: "Japan" } }, "JP", "Asia/Tokyo"],
  ["list", { addressCountry: ["JP"] }, "JP", "Asia/Tokyo"],
])("a country may be a %s", (_name, address, country, timeZone) => {
  const { venue } = facts({ location: { name: "Hall", address } });
  expect(venue).toMatchObject({ country, timeZone });
});

test.each([
  ["4 Pennsylvania Plaza, New York, NY 10001, US", "New York", "US"],
  ["Messedamm 22, 14055 Berlin, Germany", "Berlin", "DE"],
  ["Calz. de Tlalpan 3465, 04650 Ciudad de México, CDMX, Mexico", "Ciudad de México", "MX"],
  ["Paris, France", "Paris", "FR"],
  ["France", "", "FR"],
])("an address in one line: %s", (address, city, country) => {
  expect(facts({ location: { name: "Hall", address } }).venue).toMatchObject({ city, country });
});

test("a location may be text, an address, a part of a place, or one of several", () => {
  const address = { addressLocality: "Leeds", addressCountry: "GB" };
  const names = [
    facts({ location: "The Fillmore, San Francisco, CA, USA" }).venue,
    facts({ location: { "@type": "PostalAddress", streetAddress: "Civic Hall", ...address } })
      .venue,
    facts({ location: { name: "Room 2", containedInPlace: { name: "Centre", address } } }).venue,
    facts({ location: [{ "@type": "VirtualLocation", url: "x" }, place] }).venue,
  ].map(({ name, city, country }) => [name, city, country]);
  expect(names).toEqual([
    ["The Fillmore", "San Francisco", "US"],
    ["Civic Hall", "Leeds", "GB"],
    ["Room 2", "Leeds", "GB"],
    ["Estadio Azteca", "Mexico City", "MX"],
  ]);
});

test("without a country the coordinates give it", () => {
  const { venue } = facts({
    location: { name: "Hall", geo: { latitude: "52.5", longitude: "13.2" } },
  });
  expect(venue).toMatchObject({ country: "DE", timeZone: "Europe/Berlin", city: "" });
});

test("without coordinates the offset of the start chooses among a country's zones", () => {
  const location = { name: "Hall", address: { addressLocality: "Reno", addressCountry: "US" } };
  const at = (startDate: string) => facts({ location, startDate }).venue.timeZone;
  expect(at("2026-06-11T20:00:00-07:00")).toBe("America/Los_Angeles");
  expect(at("2026-06-11T20:00:00Z")).toBe("America/New_York");
});

test.each([
  ["an end", { endDate: "2026-06-11T15:00:00-06:00" }, "2026-06-11T21:00:00.000Z"],
  ["an end by the venue's clocks", { endDate: "2026-06-11T15:00" }, "2026-06-11T21:00:00.000Z"],
  ["a day as the end", { endDate: "2026-06-12" }, "2026-06-13T06:00:00.000Z"],
  ["a duration", { duration: "PT1H" }, "2026-06-11T20:00:00.000Z"],
  ["the start again", { endDate: match.startDate }, "2026-06-11T21:30:00.000Z"],
  ["nothing", {}, "2026-06-11T21:30:00.000Z"],
])("the end follows from %s", (_name, change, endsAt) => {
  expect(facts(change).endsAt.toISOString()).toBe(endsAt);
});

test("a date alone is a day from midnight to midnight, or from when the doors open", () => {
  const day = { startDate: "2026-06-11" };
  expect(facts(day)).toMatchObject({
    startsAt: new Date("2026-06-11T06:00:00Z"),
    endsAt: new Date("2026-06-12T06:00:00Z"),
  });
  const doors = facts({ ...day, doorTime: "2026-06-11T19:00:00-06:00" });
  expect(doors.startsAt.toISOString()).toBe("2026-06-12T01:00:00.000Z");
  expect(facts({ ...day, doorTime: "19:00" }).startsAt.toISOString()).toBe(
    "2026-06-11T06:00:00.000Z",
  );
});

test.each([
  ["a single price", { price: "25.50" }, [2_550]],
  ["a range", { lowPrice: 10, highPrice: 40 }, [4_000, 3_000, 2_000, 1_000]],
  ["several", [{ price: 10 }, { price: 30 }, { price: 10 }], [3_000, 1_000]],
  ["free", { price: 0 }, [0]],
])("prices: %s", (_name, offers, prices) => {
  const priced = [offers].flat().map((it) => ({ ...it, priceCurrency: "USD" }));
  expect(facts({ offers: priced })).toMatchObject({ prices, currency: "USD", pricesGiven: true });
});

test("tickets are sold from the earliest offer on, moved with the dates", () => {
  const offers = [{ validFrom: "2026-02-01T10:00:00-06:00" }, { validFrom: "2026-01-01" }];
  const { onSaleAt, startsAt } = facts({ offers }, { daysLater: 1_461 });
  expect(onSaleAt?.toISOString()).toBe("2030-01-01T06:00:00.000Z");
  expect(startsAt.toISOString()).toBe("2030-06-11T19:00:00.000Z");
});

test.each([
  ["https://schema.org/EventCancelled", "cancelled"],
  ["EventPostponed", "draft"],
  ["http://schema.org/EventRescheduled", "published"],
  [["EventRescheduled", "EventMovedOnline"], "published"],
])("status %s is %s", (eventStatus, status) => {
  expect(facts({ eventStatus }).status).toBe(status);
});

test.each([
  ["MusicEvent", "Music"],
  ["schema:TheaterEvent", "Theater"],
  ["https://schema.org/VisualArtsEvent", "Visual Arts"],
  ["Festival", "Festival"],
  ["Event", ""],
  [["Event", "ComedyEvent"], "Comedy"],
])("@type %s is of category %j", (type, category) => {
  expect(facts({ "@type": type, sport: undefined }).category).toBe(category);
});

test("performers may be one or many, things or texts, and each counts once", () => {
  const performer = [
    { "@type": "MusicGroup", name: "Beyoncé", alternateName: "Queen B", genre: "R&B" },
    { "@type": "Person", name: "beyonce" },
    "Sigur  Rós",
  ];
  expect(facts({ performer, competitor: undefined }).performers).toEqual([
    { key: "artist:beyonce", name: "Beyoncé", genre: "R&B", alternateNames: ["Queen B"] },
    { key: "artist:sigur ros", name: "Sigur Rós", alternateNames: [] },
  ]);
  const sides = { competitor: undefined, homeTeam: "Leeds United", awayTeam: { name: "Derby" } };
  expect(facts(sides).performers.map((it) => it.key)).toEqual(["team:leeds united", "team:derby"]);
});

test("where nobody performs, the organizer or the event itself does", () => {
  const nobody = { competitor: undefined, "@type": "Festival" };
  expect(facts(nobody).performers[0]?.name).toBe("Mexico vs South Africa");
  expect(facts({ ...nobody, organizer: { name: "City of Leeds" } }).performers[0]?.name).toBe(
    "City of Leeds",
  );
});

test.each([
  [{ identifier: 17 }, "identifier:17"],
  [{ identifier: { propertyID: "tm", value: "G5" } }, "identifier:tm:G5"],
  [{ identifier: ["a", "b"] }, "identifier:a"],
  [{ identifier: null, url: "https://example.org/e/1" }, "url:https://example.org/e/1"],
  [{ identifier: null, "@id": "https://example.org/e/1" }, "url:https://example.org/e/1"],
])("%j identifies the event", (change, key) => {
  expect(facts(change).key).toBe(key);
});

test("without an identifier, name, place and start identify it, moved or not", () => {
  const bare = { identifier: undefined, "@id": "_:b0" };
  expect(facts(bare).key).toBe(facts(bare, { daysLater: 9 }).key);
  expect(facts(bare).key).not.toBe(facts({ ...bare, startDate: "2026-06-12T13:00:00-06:00" }).key);
});

test("identifiers of any length fit into an index", () => {
  expect(facts({ identifier: "é".repeat(300) }).key).toMatch(/^sha256:[0-9a-f]{64}$/);
});
