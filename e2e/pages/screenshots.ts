import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Browser, Page } from "playwright-core";
import type { SearchResult } from "../../contracts/search.ts";
import { openApi } from "../api.ts";
import { startWholeStack } from "../whole-stack.ts";
import { desktop, phone, signIn, startBrowser } from "./browser.ts";

const usage = "usage: npm run screenshots [-- --site http://localhost:8787]";
const folder = join(import.meta.dirname, "../../screenshots");
const looks = [
  { name: "phone-light", options: { ...phone, colorScheme: "light" as const } },
  { name: "phone-dark", options: { ...phone, colorScheme: "dark" as const } },
  { name: "desktop-light", options: { ...desktop, colorScheme: "light" as const } },
  { name: "desktop-dark", options: { ...desktop, colorScheme: "dark" as const } },
];

/** `npm run screenshots`: every page as people see it, into a folder that git ignores. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { site: { type: "string" } } });
  const stack = values.site === undefined ? await startWholeStack() : undefined;
  const site = values.site ?? stack?.edgeUrl.replace("127.0.0.1", "localhost");
  if (site === undefined) throw new Error(usage);
  const browser = await startBrowser();
  try {
    for (const { name, options } of looks) await walk(browser, site, name, options);
  } finally {
    await browser.close();
    await stack?.stop();
  }
}

async function walk(browser: Browser, site: string, look: string, options: object): Promise<void> {
  mkdirSync(join(folder, look), { recursive: true });
  const context = await browser.newContext({ baseURL: site, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const shoot = async (name: string, fullPage = false) => {
    await page.waitForLoadState("load");
    await page.screenshot({ path: join(folder, look, `${name}.png`), fullPage });
    console.log(`${look}/${name}.png`);
  };
  const eventId = await anEvent(site);
  await page.goto("/");
  await shoot("home");
  await page.goto(`/e/${eventId}`);
  await page.locator("seat-map .map-box canvas").waitFor();
  await shoot("event", true);
  await page.goto(`/de/e/${eventId}`);
  await shoot("event-de");
  await page.goto("/nowhere");
  await shoot("not-found");
  await page.goto(`/e/${eventId}`);
  const section = page.locator("table.sections a").first();
  await section.click();
  await shoot("section");
  await buy(page, eventId, shoot);
  await context.close();
}

async function buy(
  page: Page,
  eventId: string,
  shoot: (name: string, fullPage?: boolean) => Promise<void>,
): Promise<void> {
  await page.goto(`/e/${eventId}`);
  await signIn(page, "Alice");
  await page.waitForURL(`**/e/${eventId}`);
  await page.getByRole("button", { name: "Find best seats" }).click();
  await page.waitForURL("**/hold/*");
  await shoot("hold");
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.waitForURL("**/tickets/*");
  await shoot("ticket", true);
  const booking = new URL(page.url()).pathname;
  await page.goto("/tickets");
  await shoot("tickets");
  // Each look leaves the seats to the next one.
  await page.goto(booking);
}

async function anEvent(site: string): Promise<string> {
  const found = await openApi(site)<SearchResult>(
    "GET",
    "/events/search?available=true&pageSize=50",
  );
  const onSale = found.body.events.find((it) => Date.parse(it.onSaleAt) < Date.now());
  if (!onSale) throw new Error("nothing is on sale");
  return onSale.id;
}

await main();
