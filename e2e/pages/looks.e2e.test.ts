import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Booking } from "../../contracts/bookings.ts";
import type { EventView } from "../../contracts/events.ts";
import { desktop, phone } from "./browser.ts";
import { makeEvening, stadiumSections } from "./programme.ts";
import { type OpenShop, openRealShop } from "./shop.ts";

/** Every page, as different people see it: axe finds nothing, nothing scrolls sideways, everything can be hit. */
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Reached by a form only. */
const conflictPath = "(a lost race)";
/** What the bar has behind one's name, opened. */
const menuPath = "(the account)";

let shop: OpenShop;
let paths: string[];
let conflict: { eventId: string; ticketId: string };
let session: Awaited<
  ReturnType<OpenShop["browser"]["newContext"]>
>["storageState"] extends () => Promise<infer State>
  ? State
  : never;

beforeAll(async () => {
  shop = await openRealShop();
  const [hall, stadium] = await Promise.all([
    makeEvening(shop.api, shop.admin, { name: "Quartet of Strings" }),
    makeEvening(shop.api, shop.admin, {
      name: "Stadium of Sixty Thousand",
      sections: stadiumSections,
    }),
  ]);
  const alice = await shop.stack.token("alice");
  const hold = async () => {
    const body = { bestAvailable: { quantity: 2 } };
    return (await shop.api<Booking>("POST", `/bookings/${hall}`, { token: alice, body })).body.id;
  };
  const [held, bought, released] = [await hold(), await hold(), await hold()];
  await shop.api("POST", `/bookings/${bought}/confirm`, { token: alice });
  await shop.api("DELETE", `/bookings/${released}`, { token: alice });
  const cancelled = await makeEvening(shop.api, shop.admin, { name: "Called Off" });
  await shop.api("POST", `/admin/events/${cancelled}/cancel`, { token: shop.admin });
  const queued = await makeEvening(shop.api, shop.admin, { name: "The One Everybody Wants" });
  const room = {
    enabled: true,
    opensAt: new Date(Date.now() + 3_600_000).toISOString(),
    admitPerMinute: 60,
    maxActive: 10,
    message: "Doors open at seven.",
  };
  const flagged = await shop.api("PUT", `/admin/events/${queued}/queue`, {
    token: shop.admin,
    body: room,
  });
  if (flagged.status !== 200) throw new Error(JSON.stringify(flagged.body));
  // Somebody else has this seat: asking for it shows the page of a lost race.
  const bob = await shop.stack.token("bob");
  const taken = await shop.api<Booking>("POST", `/bookings/${hall}`, {
    token: bob,
    body: { bestAvailable: { quantity: 1 } },
  });
  conflict = { eventId: hall, ticketId: taken.body.tickets[0]?.id ?? "" };
  const { body: view } = await shop.api<EventView>("GET", `/events/${hall}`);
  const free = view.tickets?.find(({ status }) => status === "available")?.id;
  paths = [
    "/",
    `/e/${hall}`,
    `/e/${stadium}`,
    `/e/${hall}?notice=signed-in&ticketIds=${free}&ticketIds=${conflict.ticketId}`,
    `/e/${hall}/s/101`,
    `/hold/${held}`,
    `/hold/${held}?notice=signed-in`,
    `/hold/${released}`,
    conflictPath,
    menuPath,
    `/e/${cancelled}`,
    `/e/${queued}`,
    `/wait/${queued}`,
    `/wait/${queued}/basic`,
    "/tickets",
    `/tickets/${bought}`,
    "/auth/sign-in",
    "/auth/sign-in?again=yes",
    "/auth/callback",
    "/nowhere",
    `/de/e/${hall}`,
    "/es",
  ];
  await shop.as(desktop, async (page, context) => {
    await page.goto("/tickets");
    await page.getByRole("button", { name: "Alice" }).click();
    await page.waitForURL("**/tickets");
    session = await context.storageState();
  });
}, 300_000);

afterAll(() => shop?.close());

const looks: [string, BrowserContextOptions, { rtl?: true }][] = [
  ["phone, light", { ...phone, colorScheme: "light" }, {}],
  ["phone, dark", { ...phone, colorScheme: "dark" }, {}],
  ["desktop, light", { ...desktop, colorScheme: "light" }, {}],
  ["desktop, dark", { ...desktop, colorScheme: "dark" }, {}],
  ["phone, forced colours", { ...phone, forcedColors: "active" }, {}],
  ["desktop, forced colours", { ...desktop, forcedColors: "active" }, {}],
  ["phone, right to left", { ...phone, colorScheme: "light" }, { rtl: true }],
  ["desktop, right to left", { ...desktop, colorScheme: "light" }, { rtl: true }],
];

test.each(looks)(
  "axe finds nothing on any page: %s",
  async (look, options, { rtl }) => {
    await shop.as({ ...options, storageState: session, bypassCSP: true }, async (page) => {
      const found: string[] = [];
      for (const path of paths) {
        await open(page, path);
        if (rtl) await page.evaluate(() => document.documentElement.setAttribute("dir", "rtl"));
        found.push(...(await violations(page)).map((line) => `${path}: ${line}`));
      }
      console.log(JSON.stringify({ look, pages: paths.length, violations: found.length }));
      expect(found).toEqual([]);
    });
  },
  400_000,
);

test("at 320 px nothing scrolls sideways, and every target is at least 24 px high and wide", async () => {
  const narrow = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true };
  await shop.as({ ...narrow, storageState: session }, async (page) => {
    const found: string[] = [];
    for (const path of paths) {
      await open(page, path);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      if (wide > 320) found.push(`${path}: ${wide} px wide`);
      found.push(...(await smallTargets(page)).map((line) => `${path}: ${line}`));
    }
    console.log(JSON.stringify({ width: 320, pages: paths.length, faults: found.length }));
    expect(found).toEqual([]);
  });
}, 300_000);

test("who wants less motion gets none, on any page", async () => {
  await shop.as({ ...desktop, storageState: session, reducedMotion: "reduce" }, async (page) => {
    const moving: string[] = [];
    for (const path of paths) {
      await open(page, path);
      const found = await page.evaluate(() =>
        [...document.querySelectorAll("*")].flatMap((element) => {
          const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
          const isStill = /^0s(, 0s)*$/.test(transitionDuration) && animationName === "none";
          return isStill && scrollBehavior === "auto" ? [] : [element.outerHTML.slice(0, 80)];
        }),
      );
      moving.push(...found.map((line) => `${path}: ${line}`));
    }
    console.log(JSON.stringify({ pages: paths.length, moving: moving.length }));
    expect(moving).toEqual([]);
  });
}, 120_000);

test("a ticket prints as itself: its codes in black on white, and nothing to press", async () => {
  await shop.as({ ...desktop, storageState: session, colorScheme: "dark" }, async (page) => {
    await page.goto(paths.find((path) => /^\/tickets\/./.test(path)) ?? "");
    await page.emulateMedia({ media: "print" });
    const printed = await page.evaluate(() => ({
      ink: getComputedStyle(document.body).color,
      codes: [...document.querySelectorAll("svg.qr")].filter((it) => it.checkVisibility()).length,
      pressed: [...document.querySelectorAll("header, footer, button, a")].filter((it) =>
        it.checkVisibility(),
      ).length,
    }));
    console.log(JSON.stringify(printed));
    expect(printed.ink).toBe("rgb(25, 24, 22)"); // the light scheme's, whatever the screen's
    expect([printed.codes, printed.pressed]).toEqual([2, 0]);
  });
});

test("no page asks anybody else for anything, and none reports a breach of its policy", async () => {
  await shop.as({ ...desktop, storageState: session }, async (page) => {
    const elsewhere: string[] = [];
    const breaches: string[] = [];
    page.on("request", (request) => {
      if (new URL(request.url()).origin !== shop.site && !request.url().startsWith("data:")) {
        elsewhere.push(request.url());
      }
    });
    page.on("console", (line) => {
      if (line.text().includes("Content Security Policy")) breaches.push(line.text());
    });
    for (const path of paths.filter((it) => it !== "/auth/sign-in")) await open(page, path);
    console.log(JSON.stringify({ pages: paths.length - 1, elsewhere, breaches }));
    expect({ elsewhere, breaches }).toEqual({ elsewhere: [], breaches: [] });
  });
}, 120_000);

/** The sign-in page goes on by itself, so it is held where it is. */
async function open(page: Page, path: string): Promise<void> {
  await page.unroute("**/authorize*");
  await page.route("**/authorize*", (route) => route.fulfill({ status: 204 }));
  if (path === menuPath) {
    await page.goto("/tickets", { waitUntil: "load" });
    await page.locator(".account summary").click();
    await page.getByRole("button", { name: "Sign out" }).waitFor();
    return;
  }
  if (path !== conflictPath) {
    await page.goto(path, { waitUntil: "load" });
    return;
  }
  await page.goto(`/e/${conflict.eventId}`, { waitUntil: "load" });
  await page.locator("form.best").evaluate((form, ticketId) => {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "ticketIds", value: ticketId });
    form.append(field);
  }, conflict.ticketId);
  await page.getByRole("button", { name: "Find best seats" }).click();
  await page.getByRole("alert").waitFor();
  await page.waitForLoadState("load"); // the stylesheet may come after the words
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async (wanted) => {
    const { axe: checker } = window as unknown as {
      axe: {
        run(options: unknown): Promise<{
          violations: { id: string; nodes: { target: string[]; failureSummary?: string }[] }[];
        }>;
      };
    };
    const { violations: list } = await checker.run({ runOnly: { type: "tag", values: wanted } });
    return list.map(({ id, nodes }) => {
      const [first] = nodes;
      return `${id} at ${first?.target.join(" ")} (${nodes.length}): ${first?.failureSummary ?? ""}`;
    });
  }, tags);
}

/** Links within text are exempt (WCAG 2.5.8); what is hidden or inside a label is no target of its own. */
async function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const selector = "a[href], button, select, summary, input:not([type=hidden]), label.seat";
    return [...document.querySelectorAll(selector)].flatMap((element) => {
      const target = element.closest("label") ?? element;
      const { width, height, right } = target.getBoundingClientRect();
      const isHidden = width === 0 || right <= 0 || target.classList.contains("skip");
      const isInline =
        getComputedStyle(target).display === "inline" && element.closest("p") !== null;
      if (isHidden || isInline || (width >= 24 && height >= 24)) return [];
      const size = `${Math.round(width)} × ${Math.round(height)}`;
      return [`${element.outerHTML.slice(0, 80)} is ${size} px`];
    });
  });
}
