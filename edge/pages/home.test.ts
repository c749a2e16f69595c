import { expect, test } from "vitest";
import { openPages } from "./testing/open-pages.ts";

/** The query that the search got. */
function asked(calls: readonly string[]): Record<string, string> {
  const call = calls.find((it) => it.startsWith("search "));
  return Object.fromEntries(new URLSearchParams(call?.slice("search ".length)));
}

test("every filter of the form reaches the search and stays in the form", async () => {
  const { shop, get } = openPages();
  const query = "keyword=quinta&city=Mexico+City&category=Concert&available=true&sort=price&page=2";
  const text = await (await get(`/?${query}&utm_source=mail&start=2026-07-01`)).text();
  expect(asked(shop.calls)).toEqual({
    keyword: "quinta",
    city: "Mexico City",
    category: "Concert",
    available: "true",
    sort: "price",
    page: "2",
    start: "2026-07-01",
  });
  for (const value of ["quinta", "Mexico City", "Concert", "2026-07-01"]) {
    expect(text).toContain(`value="${value}"`);
  }
  expect(text).toMatch(/<option value="price" selected/);
  expect(text).toMatch(/name="available" value="true" checked/);
  expect(text).toMatch(/<details open/);
});

test.each([
  ["2026-07-04", "2026-07-05"],
  ["2026-12-31", "2027-01-01"],
  ["2028-02-28", "2028-02-29"],
  ["soon", "soon"],
])(
  "until %s asks the search for what begins before %s, and the form keeps the day",
  async (end, until) => {
    const { shop, get } = openPages();
    const text = await (await get(`/?end=${end}`)).text();
    expect(asked(shop.calls)["end"]).toBe(until);
    expect(text).toContain(`value="${end}"`);
  },
);

test("pages lead on and back, with everything that was asked for", async () => {
  const { get } = openPages();
  const first = await (await get("/?keyword=quinta&end=2026-07-04")).text();
  expect(first).toContain('rel="next" href="/?keyword=quinta&amp;end=2026-07-04&amp;page=2"');
  expect(first).not.toContain('rel="prev"');
  expect(first).toContain("Page 1 of 3");
  const last = await (await get("/de?page=3")).text();
  expect(last).toContain('rel="prev" href="/de?page=2"');
  expect(last).not.toContain('rel="next"');
});

test("a filter that makes no sense is told beside the form, which keeps it", async () => {
  const { get } = openPages((shop) => shop.fail.set("search", "validation-failed"));
  const answer = await get("/?start=never");
  expect(answer.status).toBe(200);
  const text = await answer.text();
  expect(text).toContain('role="alert"');
  expect(text).toContain('value="never"');
});

test("seats that others may hold unseen are told as such", async () => {
  const warning = "Seats that others hold right now may still look free.";
  for (const path of ["/e/1", "/e/1/s/101"]) {
    const { shop, get } = openPages();
    expect(await (await get(path)).text()).not.toContain(warning);
    shop.heldKnown = false;
    expect(await (await get(path)).text()).toContain(warning);
  }
});

test.each([
  ["/?keyword=x", 1234, "1,234 events"],
  ["/de?keyword=x", 1234, "1.234 Veranstaltungen"],
  ["/es?keyword=x", 1, "1 evento"],
  ["/?keyword=x", 0, "No event found"],
])("%s with %d events says %s", async (path, found, words) => {
  const { get } = openPages((shop) => (shop.found = found));
  const text = await (await get(path)).text();
  expect(text).toContain(`<h2 id="results">${words}</h2>`);
  expect(text.includes("Show all events")).toBe(found === 0);
  expect(text.includes('<ol class="events">')).toBe(found > 0);
});

test("what is not on sale yet is not offered as if it were: the list says from when", async () => {
  const { shop, get } = openPages();
  expect(await (await get("/")).text()).toContain("Buy tickets");
  const onSaleAt = new Date(shop.now + 86_400_000).toISOString();
  shop.facts = { ...shop.facts, event: { ...shop.facts.event, onSaleAt } };
  const text = await (await get("/")).text();
  expect(text).toContain("On sale from 2 Jun, 04:00 Mexico City Time");
  expect(text).not.toContain("Buy tickets");
  expect(await (await get("/es")).text()).toContain("A la venta desde el 2 jun, 04:00");
});
