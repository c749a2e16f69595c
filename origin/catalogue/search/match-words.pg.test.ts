import { sql } from "drizzle-orm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { SearchQuery } from "../../../contracts/search.ts";
import { createTestDatabase } from "../../../db/testing/database.ts";
import { insertEvent, insertPerformer, insertVenue } from "../../../db/testing/factories.ts";
import { findEvents } from "./find-events.ts";
import { findNames } from "./find-names.ts";
import { toWords } from "./match-words.ts";
import { exactTerms, type SearchTerm, typoTerms } from "./search-terms.ts";

const { database } = await createTestDatabase({ poolSize: 4 });
const { db } = database;
const dayMs = 86_400_000;

/** Few words, so that they meet often, and some of them begin like others. */
const pool = ["tea", "teapot", "teal", "ron", "rondo", "a", "ab", "13", "130", "o'dea"];
const word = fc.constantFrom(...pool);
const name = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(" "));
const several = { minLength: 1, maxLength: 4 };
const catalogues = fc.record({
  venues: fc.array(fc.tuple(name, name, fc.array(name, { maxLength: 1 })), several),
  performers: fc.array(fc.tuple(name, fc.array(name, { maxLength: 1 })), several),
  events: fc.array(
    fc.record({
      name,
      category: word,
      venue: fc.nat(),
      performers: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
      day: fc.integer({ min: 1, max: 3 }),
    }),
    { minLength: 1, maxLength: 12 },
  ),
});
/** Words or beginnings of words, and what each might have been meant to be. */
const keywords = fc.uniqueArray(
  fc.tuple(fc.constantFrom(...pool, "t", "te", "r", "xyz"), fc.array(word, { maxLength: 2 })),
  { minLength: 1, maxLength: 4, selector: ([token]) => token },
);

test("what is found, and in which order, is what joining everything finds", async () => {
  await fc.assert(
    fc.asyncProperty(
      catalogues,
      fc.array(keywords, { minLength: 6, maxLength: 6 }),
      async (catalogue, all) => {
        await store(catalogue);
        for (const keyword of all) {
          const near = typoTerms(keyword.map(([, meant]) => meant));
          for (const typos of [[], near]) {
            const terms = [...exactTerms(keyword.map(([token]) => token)), ...typos];
            const words = toWords(await findNames(db, terms));
            const query = SearchQuery.parse({ pageSize: "100" });
            const found = await findEvents(db, query, { kind: "words", words }, Date.now());
            expect(found.ids).toEqual(await byJoins(terms, keyword.length));
            expect(found.total).toBe(found.ids.length);
          }
        }
      },
    ),
    { numRuns: 20, seed: 1 },
  );
}, 60_000);

async function store(catalogue: typeof catalogues extends fc.Arbitrary<infer T> ? T : never) {
  await db.execute(sql`TRUNCATE events, event_performers, venues, performers CASCADE`);
  const venues = await Promise.all(
    catalogue.venues.map(([named, city, alternateNames]) =>
      insertVenue(db, { name: named, city, alternateNames }),
    ),
  );
  const performers = await Promise.all(
    catalogue.performers.map(([named, alternateNames]) =>
      insertPerformer(db, { name: named, alternateNames }),
    ),
  );
  const oneOf = <T>(things: readonly T[], nth: number) => things.slice(nth % things.length)[0];
  for (const { name: named, category, venue, performers: who, day } of catalogue.events) {
    const [headliner, ...guests] = new Set(who.map((nth) => oneOf(performers, nth)?.id ?? 0n));
    const fields = { name: named, category, startsAt: new Date(Date.now() + day * dayMs) };
    const place = { venueId: oneOf(venues, venue)?.id ?? 0n, performerId: headliner ?? 0n };
    await insertEvent(db, { ...fields, ...place }, guests);
  }
}

/** The same question put another way: every term beside everything that has it, and only then added up. */
async function byJoins(terms: readonly SearchTerm[], tokens: number): Promise<string[]> {
  const { rows } = (await db.execute(sql`
    SELECT id::text FROM (
      SELECT id, token, min(cost) AS cost FROM (
        WITH terms AS (
          SELECT token, query::tsquery, cost
          FROM jsonb_to_recordset(${JSON.stringify(terms)}::jsonb) AS given (token int, query text, cost int))
        SELECT e.id, token, cost FROM terms JOIN events AS e
          ON search_vector(ARRAY[e.name, e.category], '{}') @@ query
        UNION ALL
        SELECT ep.event_id, token, cost FROM terms JOIN performers AS p
          ON search_vector(p.name || p.alternate_names, p.name || p.alternate_names) @@ query
          JOIN event_performers AS ep ON ep.performer_id = p.id
        UNION ALL
        SELECT e.id, token, cost + 2 FROM terms JOIN venues AS v
          ON search_vector(ARRAY[v.name, v.city] || v.alternate_names, v.name || v.alternate_names) @@ query
          JOIN events AS e ON e.venue_id = v.id
      ) AS hits GROUP BY id, token
    ) AS best JOIN events USING (id)
    GROUP BY id, starts_at HAVING count(*) = ${tokens} ORDER BY sum(cost), starts_at, id`)) as unknown as {
    rows: { id: string }[];
  };
  return rows.map(({ id }) => id);
}
