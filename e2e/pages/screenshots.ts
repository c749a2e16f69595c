import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Browser, Page } from "playwright-core";
import type { SearchResult } from "../../contracts/search.ts";
import { eventually, openApi } from "../api.ts";
import { startWholeStack, type WholeStack } from "../whole-stack.ts";
import { desktop, phone, signIn, startBrowser } from "./browser.ts";
import { makeEvening, stadiumSections } from "./programme.ts";

const folder = join(import.meta.dirname, "../../screenshots");
const looks = [
  { name: "phone-light", options: { ...phone, colorScheme: "light" as const } },
  { name: "phone-dark", options: { ...phone, colorScheme: "dark" as const } },
  { name: "desktop-light", options: { ...desktop, colorScheme: "light" as const } },
  { name: "desktop-dark", options: { ...desktop, colorScheme: "dark" as const } },
];

interface Events {
  readonly hall: string;
  readonly stadium: string;
  readonly queued: string;
}

type Shoot = (name: string, fullPage?: boolean) => Promise<void>;

/** `npm run screenshots [-- --look phone-light]`: every page as people see it, into a folder that git ignores. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { look: { type: "string" } } });
  const stack = await startWholeStack();
  const browser = await startBrowser();
  try {
    const events = await prepare(stack);
    const site = stack.edgeUrl.replace("127.0.0.1", "localhost");
    for (const { name, options } of looks) {
      if (name.includes(values.look ?? "")) await walk(browser, site, name, options, events);
    }
  } finally {
    await browser.close();
    await stack.stop();
  }
}

async function prepare(stack: WholeStack): Promise<Events> {
  const api = openApi(stack.edgeUrl);
  const admin = await stack.token("root", ["admin"]);
  const stadium = await makeEvening(api, admin, {
    name: "Final of the Summer",
    sections: stadiumSections,
  });
  const queued = await makeEvening(api, admin, { name: "The One Everybody Wants" });
  const body = {
    enabled: true,
    opensAt: new Date(Date.now() + 3_600_000).toISOString(),
    admitPerMinute: 60,
    maxActive: 500,
    message: "Doors open at seven. Children under six sit on a lap.",
  };
  const flagged = await api("PUT", `/admin/events/${queued}/queue`, { token: admin, body });
  if (flagged.status !== 200) throw new Error(JSON.stringify(flagged.body));
  const hall = await eventually("something is on sale", async () => {
    const { body: found } = await api<SearchResult>(
      "GET",
      "/events/search?available=true&pageSize=50",
    );
    return found.events.find((it) => Date.parse(it.onSaleAt) < Date.now())?.id;
  });
  return { hall, stadium, queued };
}

async function walk(
  browser: Browser,
  site: string,
  look: string,
  options: object,
  events: Events,
): Promise<void> {
  mkdirSync(join(folder, look), { recursive: true });
  const context = await browser.newContext({ baseURL: site, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const shoot: Shoot = async (name, fullPage = false) => {
    await page.waitForLoadState("load");
    // After a scroll parts of a page are painted a few frames later.
    await page.evaluate(async () => {
      for (let frame = 0; frame < 20; frame++) await new Promise(requestAnimationFrame);
    });
    await page.screenshot({ path: join(folder, look, `${name}.png`), fullPage, scale: "css" });
    console.log(`${look}/${name}.png`);
  };
  await page.goto("/");
  await shoot("home");
  await page.goto("/?keyword=talor+swfit");
  await shoot("home-found");
  await page.goto("/?keyword=qqxzzvw");
  await shoot("home-empty");
  await page.goto("/nowhere");
  await shoot("not-found");
  await choose(page, events, shoot);
  await page.goto(`/de/e/${events.hall}`);
  await shoot("event-de");
  await wait(page, events.queued, shoot);
  await buy(page, events.hall, shoot);
  await context.close();
}

async function choose(page: Page, { hall, stadium }: Events, shoot: Shoot): Promise<void> {
  const map = page.locator("seat-map .map-box canvas");
  for (const [name, eventId] of [["event", hall] as const, ["stadium", stadium] as const]) {
    await page.goto(`/e/${eventId}`);
    await map.waitFor();
    await shoot(name, true);
  }
  await page.locator(".map-box").scrollIntoViewIfNeeded();
  await shoot("stadium-map");
  const closer = page.locator(".map-keys button").first();
  for (let times = 0; times < 5; times++) await closer.click();
  await shoot("stadium-closer");
  for (let times = 0; times < 5; times++) await closer.click();
  await shoot("stadium-closest");
  await choosePair(page);
  await shoot("stadium-chosen");
  await page.goto(`/e/${stadium}/s/105`);
  await map.waitFor();
  await shoot("section", true);
}

/** Two seats beside each other where the map is as close as it gets, seen from a little further away. */
async function choosePair(page: Page): Promise<void> {
  const map = page.locator("seat-map .map-box canvas");
  const { width, height } = (await map.boundingBox()) ?? { width: 0, height: 0 };
  for (const aside of [0, 48]) {
    await map.click({ position: { x: width / 2 + aside, y: height / 2 } });
  }
  await page.locator(".chips button").nth(1).waitFor();
  await page.locator(".map-keys button").nth(1).click();
  await page.locator("seat-map > form").evaluate((form) => form.scrollIntoView({ block: "end" }));
}

async function wait(page: Page, eventId: string, shoot: Shoot): Promise<void> {
  await page.goto(`/e/${eventId}`);
  await shoot("event-queued");
  await page.goto(`/wait/${eventId}`);
  await shoot("wait");
  await page.goto(`/wait/${eventId}/basic`);
  await shoot("wait-basic");
}

async function buy(page: Page, eventId: string, shoot: Shoot): Promise<void> {
  const context = page.context();
  await page.goto(`/e/${eventId}`);
  await signIn(page, "Alice");
  await page.waitForURL(`**/e/${eventId}`);
  await page.getByRole("button", { name: "Find best seats" }).click();
  await page.waitForURL("**/hold/*");
  const first = page.url();
  await shoot("hold");
  await context.clearCookies({ name: "__Host-session" });
  await page.getByRole("button", { name: "Confirm" }).click();
  await shoot("sign-in-again");
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Alice" }).click();
  await page.waitForURL("**/hold/*");
  await shoot("hold-again");
  await page.getByRole("button", { name: "Release seats" }).click();
  await page.waitForURL("**notice=released");
  await page.goto(first);
  await shoot("hold-over");
  const ids = page.locator('input[name="ticketIds"]');
  const chosen = await ids.evaluateAll((fields) =>
    fields.map((field) => `ticketIds=${(field as HTMLInputElement).value}`),
  );
  await page.goto(`/e/${eventId}?notice=signed-in&${chosen.join("&")}`);
  await page.locator("seat-map .chips button").first().waitFor();
  await shoot("event-chosen", true);
  await page.goto(`/e/${eventId}`);
  await page.getByRole("button", { name: "Find best seats" }).click();
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.waitForURL("**/tickets/*");
  await shoot("ticket", true);
  await page.goto("/tickets");
  await shoot("tickets");
  await page.locator(".account summary").click();
  await shoot("account");
}

await main();
