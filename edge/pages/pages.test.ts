import { expect, test } from "vitest";
import { alice, openPages } from "./testing/open-pages.ts";
import { pageRoutes } from "./routes.ts";
import { eveningFacts, eveningTickets } from "./testing/programme.ts";
import { openShop, shopOpens } from "./testing/shop.ts";

test("a purchase needs nothing but forms and links", async () => {
  const { shop, get, post } = openPages();
  expect(await (await get("/?keyword=quinta")).text()).toContain('href="/e/1"');
  const event = await (await get("/e/1")).text();
  expect(event).toContain('action="/e/1/hold"');
  expect(event).toContain('href="/e/1/s/101"');
  const section = await (await get("/e/1/s/101")).text();
  expect(section).toContain('name="ticketIds" value="3"');

  const held = await post("/e/1/hold", [
    ["ticketIds", "3"],
    ["ticketIds", "4"],
  ]);
  expect(held.status).toBe(303);
  const hold = held.headers.get("Location") ?? "";
  const page = await (await get(hold, alice)).text();
  expect(page).toContain("2 seats held until 04:10");
  expect(page).toContain("€90");
  expect((await post(`${hold}/extend`)).headers.get("Location")).toBe(hold);
  expect(await (await get(hold, alice)).text()).toContain("2 seats held until 04:30");

  const bought = await post(`${hold}/confirm`);
  const tickets = await get(bought.headers.get("Location") ?? "", alice);
  expect(tickets.status).toBe(200);
  const text = await tickets.text();
  expect(text).toContain("Thank you. These seats are yours.");
  expect(text.match(/<svg class="qr"/g)).toHaveLength(2);
  expect(text).toContain(
    '<span class="part">Section 101,</span> <span class="part">row A,</span> <span class="part">seat 3</span>',
  );
  expect(shop.tickets.slice(2, 4).map(({ status }) => status)).toEqual(["booked", "booked"]);
});

test("the best seats come by number, section and highest price", async () => {
  const { shop, post } = openPages();
  const held = await post("/e/1/hold", [
    ["quantity", "3"],
    ["section", "102"],
    ["maxPrice", "8500"],
  ]);
  expect(held.headers.get("Location")).toMatch(/^\/hold\//);
  expect(
    shop.tickets.filter(({ status }) => status === "held").map(({ section }) => section),
  ).toEqual(["102", "102", "102"]);
});

test("a double click on a button is one hold, and after a release it is a new one", async () => {
  const { shop, post } = openPages();
  const [first, second] = [
    await post("/e/1/hold", [["quantity", "2"]]),
    await post("/e/1/hold", [["quantity", "2"]]),
  ];
  expect(second.headers.get("Location")).toBe(first.headers.get("Location"));
  expect(shop.tickets.filter(({ status }) => status === "held")).toHaveLength(2);
  shop.now += 30_000;
  const later = await post("/e/1/hold", [["quantity", "2"]]);
  expect(later.headers.get("Location")).not.toBe(first.headers.get("Location"));
});

test("signing in comes before the hold and brings the choice back", async () => {
  const { shop, get, post } = openPages();
  const answer = await post(
    "/de/e/1/hold",
    [
      ["from", "101"],
      ["ticketIds", "3"],
      ["ticketIds", "5"],
    ],
    {},
  );
  const to = new URL(answer.headers.get("Location") ?? "", "http://localhost");
  expect(to.pathname).toBe("/de/auth/sign-in");
  const next = to.searchParams.get("next") ?? "";
  expect(next).toBe("/de/e/1/s/101?notice=signed-in&ticketIds=3&ticketIds=5");
  const back = await (await get(next, alice)).text();
  expect(back.match(/<input[^>]*checked/g)).toHaveLength(2);
  expect(shop.calls).not.toContain("placeHold");
});

test("whoever is slower gets alternatives as one-tap holds", async () => {
  const { post } = openPages((shop) => {
    for (const ticket of shop.tickets.slice(0, 2)) ticket.status = "booked";
  });
  const answer = await post("/e/1/hold", [
    ["ticketIds", "1"],
    ["ticketIds", "2"],
  ]);
  expect(answer.status).toBe(409);
  const text = await answer.text();
  expect(text).toContain('name="ticketIds" value="3"');
  expect(text).toContain('name="ticketIds" value="4"');
  expect(text).toContain("Section 101, row A, seat 3, 4");
});

test("an expired hold offers the same seats again", async () => {
  const { shop, get, post } = openPages();
  const hold = (await post("/e/1/hold", [["ticketIds", "7"]])).headers.get("Location") ?? "";
  shop.now += 3_600_000;
  const text = await (await get(hold, alice)).text();
  expect(text).toContain("Your hold has run out");
  expect(text).toContain('name="ticketIds" value="7"');
});

test("releasing gives the seats back, and the button never cancels a purchase", async () => {
  const { shop, post } = openPages();
  const hold = (await post("/e/1/hold", [["ticketIds", "7"]])).headers.get("Location") ?? "";
  expect((await post(`${hold}/release`)).headers.get("Location")).toBe("/e/1?notice=released");
  expect(shop.tickets[6]?.status).toBe("available");
  const other = (await post("/e/1/hold", [["ticketIds", "8"]])).headers.get("Location") ?? "";
  await post(`${other}/confirm`);
  await post(`${other}/release`);
  expect(shop.tickets[7]?.status).toBe("booked");
});

test("another person's hold is not there", async () => {
  const { get, post } = openPages();
  const hold = (await post("/e/1/hold", [["ticketIds", "7"]])).headers.get("Location") ?? "";
  expect((await get(hold, { Cookie: "__Host-session=of-bob" })).status).toBe(404);
});

test.each(["/e/1/hold", "/hold/x/confirm", "/hold/x/release", "/wait/1/join"])(
  "a form of another site cannot post to %s",
  async (path) => {
    const { shop, post } = openPages();
    const foreign = { ...alice, Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };
    expect((await post(path, [["quantity", "2"]], foreign)).status).toBe(403);
    expect(shop.calls).toEqual([]);
  },
);

test("a queued event shows its facts and the way to the waiting room, never its seats", async () => {
  const { get, post } = openPages((shop) => {
    shop.facts = { ...shop.facts, event: { ...shop.facts.event, admission: "queue" } };
  });
  const text = await (await get("/e/1")).text();
  expect(text).toContain('href="/wait/1"');
  expect(text).not.toContain('href="/e/1/s/101"');
  expect((await get("/e/1/seats", alice)).headers.get("Location")).toBe("/wait/1");
  expect((await get("/e/1/s/101", alice)).headers.get("Location")).toBe("/wait/1");
  const claimed = await post("/wait/1/claim", [], {
    Cookie: "__Host-session=of-alice; __Host-queue-1=41~t",
  });
  expect(claimed.headers.get("Location")).toBe("/e/1/seats");
  const pass = claimed.headers.get("Set-Cookie") ?? "";
  expect(pass).toMatch(/^__Host-pass-1=.*HttpOnly; Secure; SameSite=Lax$/);
  const withPass = { Cookie: `__Host-session=of-alice; ${pass.split(";")[0]}` };
  expect(await (await get("/e/1/seats", withPass)).text()).toContain('href="/e/1/s/101"');
  expect((await get("/e/1/seats/plan", withPass)).status).toBe(200);
  expect((await get("/e/1/seats/plan", alice)).status).toBe(403);
  const passAlone = { Cookie: pass.split(";")[0] ?? "" };
  expect((await get("/e/1/seats/plan", passAlone)).status).toBe(403);
});

test("public pages are the same for everybody, whoever asks, and set nothing", async () => {
  const { shop, get } = openPages();
  for (const path of ["/", "/de", "/e/1", "/es/e/1", "/robots.txt", "/sitemap.xml"]) {
    const [plain, known] = [await get(path), await get(path, alice)];
    expect(await known.text()).toBe(await plain.text());
    expect(plain.headers.get("Cache-Control")).toMatch(/^public/);
    expect(plain.headers.get("Set-Cookie")).toBeNull();
    expect(plain.headers.get("Vary")).toBeNull();
  }
  expect(shop.calls).not.toContain("readSession");
});

test.each([
  "/hold/x",
  "/tickets",
  "/tickets/x",
  "/wait/1/place",
  "/e/1/s/101",
  "/nowhere",
  "/e/99",
])("%s is kept by no cache and framed by nobody", async (path) => {
  const { get } = openPages();
  const { headers } = await get(path);
  expect(headers.get("Cache-Control")).toBe("no-store");
  expect(headers.get("Content-Security-Policy")).toContain("frame-ancestors 'none'");
  expect(headers.get("Content-Security-Policy")).not.toContain("unsafe");
});

test("what people wrote arrives as text, wherever it stands", async () => {
  const payload = `"><script>alert(1)</script></script><img src=x onerror=alert(2)>' onload='x\u202E`;
  const shop = openShop(
    eveningFacts({ name: payload, text: payload }),
    eveningTickets([payload, "..", "a/b?c#d"]),
  );
  const app = pageRoutes(() => ({ requestId: "r", deps: shop.deps }));
  for (const path of [
    "/",
    "/e/1",
    "/e/1?section=%22%3E%3Cscript%3E",
    `/e/1/s/${encodeURIComponent(payload)}`,
  ]) {
    const text = await (await app.request(`http://localhost${path}`)).text();
    expect(text).not.toContain("<script>alert");
    expect(text).not.toContain("<img src=x");
    expect(text.match(/<script/g)).toHaveLength(text.includes("ld+json") ? 2 : 1);
  }
  const event = await (await app.request("http://localhost/e/1")).text();
  const links = [...event.matchAll(/href="(\/e\/1\/s\/[^"]*)"/g)].map((match) => match[1] ?? "");
  expect(links).toHaveLength(3);
  for (const link of links) expect((await app.request(`http://localhost${link}`)).status).toBe(200);
});

test("an event's own zone is shown and named, wherever the server stands", async () => {
  const { get } = openPages();
  const text = await (await get("/e/1")).text();
  expect(text).toMatch(/Friday,? 3 July 2026/);
  expect(text).toContain("19:00 Mexico City Time");
});

test("the price is the same on every page from list to ticket", async () => {
  const { get, post } = openPages();
  expect(await (await get("/")).text()).toContain("from €45");
  expect(await (await get("/e/1/s/101")).text()).toContain("€45");
  const hold =
    (
      await post("/e/1/hold", [
        ["ticketIds", "1"],
        ["ticketIds", "2"],
      ])
    ).headers.get("Location") ?? "";
  expect(await (await get(hold, alice)).text()).toContain('total">€90<');
  const bought = (await post(`${hold}/confirm`)).headers.get("Location") ?? "";
  expect(await (await get(bought, alice)).text()).toContain('total">€90<');
});

test("an event page without seats to read still says when and where", async () => {
  const { get } = openPages((shop) => shop.fail.set("loadAvailability", "service-unavailable"));
  const answer = await get("/e/1");
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain("Auditorio Nacional");
});

test("what breaks is reported under the request id that the page names, in the language of the path", async () => {
  const { shop, get } = openPages();
  Object.assign(shop.deps, { search: () => Promise.reject(new Error("boom")) });
  const answer = await get("/de");
  expect(answer.status).toBe(500);
  expect(await answer.text()).toContain("Bei uns ist etwas kaputtgegangen");
  expect(shop.calls).toEqual(["reportError boom"]);
});

test("a calendar entry has a stable id, a rising sequence and the time in UTC", async () => {
  const { get } = openPages();
  const answer = await get("/e/1/calendar.ics");
  expect(answer.headers.get("Content-Type")).toContain("text/calendar");
  const text = await answer.text();
  expect(text).toContain("UID:event-1@tickets.example");
  expect(text).toContain("SEQUENCE:4");
  expect(text).toContain("DTSTART:20260704T010000Z");
  expect(text).toContain(
    `DTSTAMP:${new Date(shopOpens).toISOString().replaceAll(/[-:]|\.\d+/g, "")}`,
  );
});

test.each([
  ["cancelled", "This event is cancelled."],
  ["published", "This event is over."],
] as const)("an event that is no more (%s) says so before anything else", async (status, words) => {
  const { shop, get } = openPages();
  expect(await (await get("/e/1")).text()).toContain("calendar.ics");
  const endsAt = new Date(status === "published" ? shop.now - 1 : shop.now + 1).toISOString();
  shop.facts = { ...shop.facts, event: { ...shop.facts.event, status, endsAt } };
  const text = await (await get("/e/1")).text();
  expect(text.indexOf(words)).toBeGreaterThan(0);
  expect(text.indexOf(words)).toBeLessThan(text.indexOf("<h1>"));
  expect(text).not.toContain("calendar.ics");
});
