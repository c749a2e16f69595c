import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { performers, venues } from "../../../db/schema/catalogue.ts";
import { insertEvent, insertPerformer, insertVenue } from "../../../db/testing/factories.ts";
import { createTestOrigin } from "../../testing/test-origin.ts";
import { createSearch } from "../../testing/test-search.ts";

const origin = await createTestOrigin();
const { db } = origin.deps;
const { search, names } = createSearch(origin);
const dayMs = 86_400_000;

async function performer(name: string, alternateNames: string[] = []) {
  return (await insertPerformer(db, { name, alternateNames })).id;
}

const azteca = await insertVenue(db, {
  name: "Estadio Azteca",
  city: "Ciudad de México",
  country: "MX",
  alternateNames: ["Estadio Banorte"],
});
const garden = await insertVenue(db, {
  name: "Madison Square Garden",
  city: "New York",
  country: "US",
});
const hall = await insertVenue(db, { name: "Straßenhalle", city: "Köln", country: "DE" });
const ids = {
  opening: await insertEvent(
    db,
    {
      name: "Opening match",
      category: "Football",
      venueId: hall.id,
      performerId: await performer("Mexico", ["El Tri"]),
    },
    [await performer("South Africa")],
  ),
  swift: await insertEvent(db, {
    name: "Eras",
    category: "Music",
    venueId: garden.id,
    performerId: await performer("Taylor Swift"),
  }),
  beyonce: await insertEvent(db, {
    name: "Renaissance",
    category: "Music",
    venueId: hall.id,
    performerId: await performer("Beyoncé", ["Queen Bey"]),
  }),
  acdc: await insertEvent(db, {
    name: "Power Up",
    category: "Music",
    venueId: hall.id,
    performerId: await performer("AC/DC"),
  }),
  queens: await insertEvent(db, {
    name: "Villains",
    category: "Music",
    venueId: hall.id,
    performerId: await performer("Queens of the Stone Age"),
  }),
  paris: await insertEvent(db, {
    name: "Final",
    category: "Football",
    venueId: azteca.id,
    performerId: await performer("Paris Saint-Germain"),
  }),
  chk: await insertEvent(db, {
    name: "Louden Up",
    category: "Music",
    venueId: hall.id,
    performerId: await performer("!!!", ["Chk Chk Chk"]),
  }),
  kyoto: await insertEvent(db, {
    name: "京都音楽祭",
    category: "Festival",
    venueId: hall.id,
    performerId: await performer("Жук"),
  }),
};

test.each([
  ["mexico", "Opening match"],
  ["mexco", "Opening match"],
  ["MÉXICO", "Opening match"],
  ["mex", "Opening match"],
  ["el tri", "Opening match"],
  ["south africa", "Opening match"],
  ["soth afirca", "Opening match"],
  ["taylor swift", "Eras"],
  ["talor swfit", "Eras"],
  ["swift music", "Eras"],
  ["madison sq", "Eras"],
  ["msg", "Eras"],
  ["beyonce", "Renaissance"],
  ["Beyonce\u0301", "Renaissance"],
  ["queen bey", "Renaissance"],
  ["acdc", "Power Up"],
  ["ac dc", "Power Up"],
  ["AC/DC", "Power Up"],
  ["qotsa", "Villains"],
  ["quens of the stone age", "Villains"],
  ["psg", "Final"],
  ["saintgermain", "Final"],
  ["paris saint germain", "Final"],
  ["azteca", "Final"],
  ["banorte", "Final"],
  ["ciudad de mexico", "Final"],
  ["!!!", "Louden Up"],
  ["chk chk", "Louden Up"],
  ["festival", "京都音楽祭"],
  ["京都", "京都音楽祭"],
  ["жук", "京都音楽祭"],
])("%s finds %s first", async (keyword, name) => {
  const [first] = await names(`keyword=${encodeURIComponent(keyword)}`);
  expect(first).toBe(name);
});

test.each(["strassenhalle", "STRASSENHALLE", "koln", "Köln"])(
  "%s finds what is at the Straßenhalle in Köln",
  async (keyword) => {
    expect(await names(`keyword=${encodeURIComponent(keyword)}`)).toContain("Renaissance");
  },
);

test.each([
  ["xyzzy", true],
  ["mexico xyzzy", true],
  ["x:* | (b", true],
  ["???", false],
  ["'", false],
  ["\\", false],
  ["%", false],
])(
  "%s finds nothing, and that is said; degraded: %s, for only words are better searched elsewhere",
  async (keyword, degraded) => {
    expect(await search(`keyword=${encodeURIComponent(keyword)}`)).toMatchObject({
      events: [],
      total: 0,
      degraded,
      partial: false,
    });
  },
);

test("an exact word stands above every typing error", async () => {
  const kiln = await insertEvent(db, { name: "Kiln day", startsAt: new Date(Date.now() + dayMs) });
  await insertEvent(db, { name: "Kilt day", startsAt: new Date(Date.now() + 2 * dayMs) });
  expect(await names("keyword=kilt")).toEqual(["Kilt day"]);
  expect(await names("keyword=kilr")).toEqual([kiln.name, "Kilt day"]);
});

test("who comes counts more than where", async () => {
  const city = await insertVenue(db, { city: "Nairobi" });
  const soon = new Date(Date.now() + dayMs);
  await insertEvent(db, { name: "Some talk", venueId: city.id, startsAt: soon });
  await insertEvent(db, { name: "Of Nairobi" });
  expect(await names("keyword=nairobi")).toEqual(["Of Nairobi", "Some talk"]);
});

test("a venue or performer that is renamed is found under its new name at once, and no longer under the old", async () => {
  const event = await insertEvent(db, { name: "Gig" });
  await db.update(venues).set({ name: "Quixotic" }).where(eq(venues.id, event.venueId));
  await db.update(performers).set({ name: "Zephyrs" }).where(eq(performers.id, event.performerId));
  expect(await names("keyword=quixotic")).toEqual(["Gig"]);
  expect(await names("keyword=zephirs")).toEqual(["Gig"]);
  await db.update(venues).set({ name: "Plain" }).where(eq(venues.id, event.venueId));
  expect(await names("keyword=quixotic")).toEqual([]);
});

test.each([
  ["city=koln&keyword=football", ["Opening match"]],
  ["city=ciudad%20de%20mexico", ["Final"]],
  ["country=mx", ["Final"]],
  ["category=FESTIVAL", ["京都音楽祭"]],
  [`venueId=${garden.id}`, ["Eras"]],
  [`performerId=${ids.paris.performerId}`, ["Final"]],
  [`performerId=999999999`, []],
  ["country=US&category=Football", []],
])("%s filters", async (query, expected) => {
  expect(await names(query)).toEqual(expected);
});

test("only published events are found", async () => {
  await insertEvent(db, { name: "Secretdraft", status: "draft" });
  await insertEvent(db, { name: "Secretcancelled", status: "cancelled" });
  expect((await search("keyword=secret")).total).toBe(0);
});
