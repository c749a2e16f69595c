import { expect, test } from "vitest";
import { openPages } from "./testing/open-pages.ts";

/** What search engines and those who share a link get to read. */
async function jsonLd(get: (path: string) => Response | Promise<Response>, path: string) {
  const text = await (await get(path)).text();
  const [, json = "null"] =
    /<script type="application\/ld\+json">(.*?)<\/script>/s.exec(text) ?? [];
  return JSON.parse(json) as Record<string, unknown>;
}

test("an event tells its name, time, place, performers and offers", async () => {
  const { shop, get } = openPages();
  for (const ticket of shop.tickets.slice(0, 40)) ticket.status = "booked"; // all of section 101
  expect(await jsonLd(get, "/de/e/1")).toEqual({
    "@context": "https://schema.org",
    "@type": "Event",
    identifier: "1",
    name: "Quinta Noche",
    description: expect.stringContaining("strings"),
    startDate: "2026-07-04T01:00:00Z",
    endDate: "2026-07-04T04:00:00Z",
    eventStatus: "https://schema.org/EventScheduled",
    eventAttendanceMode: "https://schema.org/OfflineEventAttendanceMode",
    url: "https://tickets.example/de/e/1",
    location: {
      "@type": "Place",
      name: "Auditorio Nacional",
      address: {
        "@type": "PostalAddress",
        addressLocality: "Mexico City",
        addressCountry: "MX",
      },
      geo: { "@type": "GeoCoordinates", latitude: 19.42, longitude: -99.19 },
    },
    performer: [{ "@type": "PerformingGroup", name: "Orquesta del Valle" }],
    offers: {
      "@type": "AggregateOffer",
      url: "https://tickets.example/de/e/1",
      lowPrice: "85.00",
      highPrice: "125.00",
      priceCurrency: "EUR",
      validFrom: "2026-05-01T10:00:00Z",
      availability: "https://schema.org/InStock",
    },
  });
});

test("a sold-out event says so, and a cancelled one offers nothing", async () => {
  const sold = openPages((shop) => {
    for (const ticket of shop.tickets) ticket.status = "booked";
  });
  expect(await jsonLd(sold.get, "/e/1")).toMatchObject({
    offers: { availability: "https://schema.org/SoldOut" },
  });
  const off = openPages((shop) => {
    shop.facts = { ...shop.facts, event: { ...shop.facts.event, status: "cancelled" } };
  });
  const told = await jsonLd(off.get, "/e/1");
  expect(told["eventStatus"]).toBe("https://schema.org/EventCancelled");
  expect(told).not.toHaveProperty("offers");
});

test("a public page names itself in every language, and a personal one is not indexed", async () => {
  const { get } = openPages();
  const text = await (await get("/es/e/1")).text();
  expect(text).toContain('<link rel="canonical" href="https://tickets.example/es/e/1"/>');
  for (const [language, path] of [
    ["en", "/e/1"],
    ["de", "/de/e/1"],
    ["es", "/es/e/1"],
    ["x-default", "/e/1"],
  ]) {
    expect(text).toContain(`hreflang="${language}" href="https://tickets.example${path}"`);
  }
  expect(text).toContain('property="og:title" content="Quinta Noche"');
  expect(text).toContain('property="og:url" content="https://tickets.example/es/e/1"');
  expect(text).not.toContain("noindex");
  expect(await (await get("/e/1/s/101")).text()).toContain("noindex");
});

test("the sitemap lists home and events in every language", async () => {
  const { get } = openPages();
  const text = await (await get("/sitemap.xml")).text();
  const urls = [...text.matchAll(/<loc>https:\/\/tickets\.example(.*?)<\/loc>/g)].map(
    ([, at]) => at,
  );
  expect(urls).toEqual(["/", "/de", "/es", "/e/1", "/de/e/1", "/es/e/1"]);
});

test("more events than one sitemap should list are told month by month, none left out", async () => {
  const { shop, get } = openPages();
  shop.found = 4_000;
  const index = await (await get("/sitemap.xml")).text();
  const files = [...index.matchAll(/<loc>https:\/\/tickets\.example(.*?)<\/loc>/g)].map(
    ([, at]) => at ?? "",
  );
  expect([files.length, files[0], files.at(-1)]).toEqual([
    24,
    "/sitemap-2026-06.xml",
    "/sitemap-2028-05.xml",
  ]);
  shop.found = 250; // a month
  const ranges = [];
  for (const file of files) {
    shop.calls.length = 0;
    const answer = await get(file);
    expect([file, answer.status]).toEqual([file, 200]);
    expect((await answer.text()).match(/<loc>/g)).toHaveLength(9); // three pages of one event
    const asked = new URLSearchParams(
      shop.calls.find((call) => call.startsWith("search "))?.slice(7),
    );
    ranges.push([asked.get("start"), asked.get("end")]);
  }
  // Each month begins where the one before it ends; the first and the last are open.
  expect([ranges[0]?.[0], ranges.at(-1)?.[1]]).toEqual([null, null]);
  expect(ranges.slice(1).map(([start]) => start)).toEqual(
    ranges.slice(0, -1).map(([, end]) => end),
  );
  expect((await get("/sitemap-2020-01.xml")).status).toBe(404);
});

test("a sitemap that cannot be made is no empty one", async () => {
  const { get } = openPages((shop) => shop.fail.set("search", "service-unavailable"));
  expect((await get("/sitemap.xml")).status).toBe(503);
});
