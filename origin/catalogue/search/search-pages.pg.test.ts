import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { SearchQuery } from "../../../contracts/search.ts";
import { tickets } from "../../../db/schema/catalogue.ts";
import { insertEvent, insertTickets, insertVenue } from "../../../db/testing/factories.ts";
import { createTestOrigin } from "../../testing/test-origin.ts";
import { createSearch } from "../../testing/test-search.ts";
import { searchEvents } from "./search-events.ts";

const origin = await createTestOrigin();
const { db } = origin.deps;
const { search, names } = createSearch(origin);
const dayMs = 86_400_000;
const hall = await insertVenue(db, { name: "Straßenhalle", city: "Köln", country: "DE" });

test("start is inclusive, end exclusive, and dates are days in UTC", async () => {
  const place = { venueId: (await insertVenue(db, { city: "Ulan Bator" })).id };
  for (const time of ["2031-06-11T00:00:00Z", "2031-06-11T23:59:00Z", "2031-06-12T00:00:00Z"]) {
    await insertEvent(db, { ...place, name: time, startsAt: new Date(time) });
  }
  const within = (range: string) => names(`city=ulan%20bator&${range}`);
  expect(await within("start=2031-06-11&end=2031-06-12")).toEqual([
    "2031-06-11T00:00:00Z",
    "2031-06-11T23:59:00Z",
  ]);
  expect(await within("start=2031-06-11T23:59:00Z")).toHaveLength(2);
  expect(await within("end=2031-06-11T02:00:00%2B02:00")).toEqual([]);
  expect(await within("end=2031-06-11T00:00:01Z")).toEqual(["2031-06-11T00:00:00Z"]);
});

test("by default events are found until the minute in which they begin", async () => {
  const place = { venueId: (await insertVenue(db, { city: "Samarkand" })).id };
  const minute = Math.floor(Date.now() / 60_000) * 60_000;
  for (const [name, startsAt] of [
    ["begun", minute - 1],
    ["this minute", minute],
    ["later", minute + dayMs],
  ] as const) {
    await insertEvent(db, { ...place, name, startsAt: new Date(startsAt) });
  }
  const query = SearchQuery.parse({ city: "samarkand" });
  const { events } = await searchEvents({ db, now: () => minute + 59_999 }, query);
  expect(events.map(({ name }) => name)).toEqual(["this minute", "later"]);
  expect(await names("city=samarkand&start=2020-01-01")).toHaveLength(3);
});

test("what is shown of an event: its price range, what is left, venue and performer", async () => {
  const event = await insertEvent(db, { name: "Shownightly", venueId: hall.id });
  expect((await search("keyword=shownightly")).events[0]).toMatchObject({
    id: String(event.id),
    startsAt: event.startsAt.toISOString(),
    venue: { id: String(hall.id), name: "Straßenhalle", city: "Köln", country: "DE" },
    performer: { id: String(event.performerId) },
    priceRange: null,
    availability: "sold-out",
  });
  await insertTickets(db, event, { sections: ["A"], price: 2000 });
  await insertTickets(db, event, { sections: ["B"], price: 9000 });
  const blocked = await insertTickets(db, event, { sections: ["C"], price: 1 });
  await db.update(tickets).set({ status: "blocked" }).where(eq(tickets.section, "C"));
  expect(blocked).toHaveLength(10);
  expect((await search("keyword=shownightly")).events[0]).toMatchObject({
    priceRange: { min: 2000, max: 9000, currency: "GBP" },
    availability: "available",
  });
});

test("sorted by price the cheapest ticket that can be had comes first, sold out last; available=true leaves that out", async () => {
  const place = { venueId: (await insertVenue(db, { city: "Timbuktu" })).id };
  const made = [];
  for (const [name, price] of [
    ["dear", 9000],
    ["cheap", 1000],
    ["sold out", 10],
  ] as const) {
    const event = await insertEvent(db, { ...place, name });
    await insertTickets(db, event, { price });
    made.push(event);
  }
  await db
    .update(tickets)
    .set({ status: "blocked" })
    .where(eq(tickets.eventId, made[2]?.id ?? 0n));
  expect(await names("city=timbuktu&sort=price")).toEqual(["cheap", "dear", "sold out"]);
  expect(await names("city=timbuktu&sort=price&available=true")).toEqual(["cheap", "dear"]);
  expect(await names("city=timbuktu&available=false")).toHaveLength(3);
});

test("pages of events that begin at the same time neither overlap nor leave anything out", async () => {
  const place = { venueId: (await insertVenue(db, { city: "Reykjavik" })).id };
  const startsAt = new Date(Date.now() + dayMs);
  for (let n = 0; n < 23; n++) await insertEvent(db, { ...place, name: `Twin ${n}`, startsAt });
  for (const query of [
    "city=reykjavik",
    "keyword=twin",
    "keyword=tiwn",
    "keyword=twin&sort=price",
  ]) {
    const pages = await Promise.all(
      [1, 2, 3, 4].map((page) => search(`${query}&pageSize=7&page=${page}`)),
    );
    expect(pages.map(({ total }) => total)).toEqual([23, 23, 23, 23]);
    expect(pages.map(({ events }) => events.length)).toEqual([7, 7, 7, 2]);
    expect(new Set(pages.flatMap(({ events }) => events.map(({ id }) => id))).size).toBe(23);
  }
  expect(await search("city=reykjavik&page=5&pageSize=7")).toMatchObject({ events: [], total: 23 });
});

test.each([
  ["pageSize=0", "query.pageSize"],
  ["pageSize=101", "query.pageSize"],
  ["page=101&pageSize=100", "query.page"],
  ["start=tomorrow", "query.start"],
  ["start=2026-06-12&end=2026-06-11", "query.end"],
  ["country=Mexico", "query.country"],
  ["sort=best", "query.sort"],
  ["venueId=x", "query.venueId"],
  [`keyword=${"x".repeat(101)}`, "query.keyword"],
  ["keyword=a%00b", "query.keyword"],
])("%s is refused, naming %s", async (query, path) => {
  const res = await origin.ask(`/events/search?${query}`);
  expect([res.status, await res.json()]).toMatchObject([422, { errors: [{ path }] }]);
});
