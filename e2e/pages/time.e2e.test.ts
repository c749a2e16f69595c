import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Availability } from "../../contracts/events.ts";
import { eventually } from "../api.ts";
import { desktop, phone, signIn } from "./browser.ts";
import { makeEvening } from "./programme.ts";
import { type OpenShop, openRealShop } from "./shop.ts";

/** What pages do while time goes by. */
const stillMs = 60_000;

let shop: OpenShop;
let hall: string;
let queued: string;

beforeAll(async () => {
  shop = await openRealShop();
  [hall, queued] = await Promise.all([
    makeEvening(shop.api, shop.admin, { name: "Quartet of Strings" }),
    makeEvening(shop.api, shop.admin, { name: "The One Everybody Wants" }),
  ]);
  const body = {
    enabled: true,
    opensAt: new Date(Date.now() + 3_600_000).toISOString(),
    admitPerMinute: 60,
    maxActive: 10,
  };
  const path = `/admin/events/${queued}/queue`;
  const flagged = await shop.api("PUT", path, { token: shop.admin, body });
  if (flagged.status !== 200) throw new Error(JSON.stringify(flagged.body));
}, 300_000);

afterAll(() => shop?.close());

/** Signs in and holds the two best seats. */
async function hold(page: Page, user: "Alice" | "Bob", eventId: string): Promise<void> {
  await page.goto(`/e/${eventId}`);
  await signIn(page, user);
  await page.waitForURL(`**/e/${eventId}`);
  await page.getByRole("button", { name: "Find best seats" }).click();
  await page.getByText(/2 seats held until/).waitFor();
}

test("no page reloads itself in 60 seconds where there are scripts", async () => {
  await shop.as(desktop, async (page, context) => {
    await hold(page, "Alice", hall);
    const heldAt = new URL(page.url()).pathname;
    const paths = ["/", `/e/${hall}`, `/e/${hall}/s/101`, `/wait/${queued}`, heldAt, "/tickets"];
    const moved: string[] = [];
    const tabs = await Promise.all(
      paths.map(async (path) => {
        const tab = await context.newPage();
        await tab.goto(path, { waitUntil: "load" });
        tab.on("framenavigated", (frame) => moved.push(`${path} → ${frame.url()}`));
        return tab;
      }),
    );
    // A page that was loaded again would have begun to count anew.
    await Promise.all(
      tabs.map((tab) =>
        tab.waitForFunction((ms) => performance.now() > ms, stillMs, { timeout: 2 * stillMs }),
      ),
    );
    expect(moved).toEqual([]);
    console.log(`${tabs.length} pages stood still for ${stillMs / 1000} s`);
  });
}, 200_000);

test("the time left is announced at 5, 2 and 1 minutes, once each", async () => {
  await shop.as(phone, async (page) => {
    await page.clock.install();
    await hold(page, "Bob", hall);
    await page.evaluate(() => {
      const heard: string[] = [];
      Object.assign(window, { heard });
      const status = document.querySelector('hold-timer [role="status"]');
      if (!status) throw new Error("nothing speaks");
      new MutationObserver(() => heard.push(status.textContent ?? "")).observe(status, {
        childList: true,
        characterData: true,
        subtree: true,
      });
    });
    await page.clock.runFor(9.8 * 60_000);
    const heard = await page.evaluate(() => (window as unknown as { heard: string[] }).heard);
    console.log(JSON.stringify({ heard }));
    expect(heard).toEqual(["5 minutes left", "2 minutes left", "1 minute left"]);
  });
}, 120_000);

test("after a hold has run out the choice is kept, and the same seats can be held again", async () => {
  const brief = await openRealShop({ HOLD_SECONDS: "15" });
  try {
    const evening = await makeEvening(brief.api, brief.admin, { name: "A Short Evening" });
    for (const options of [desktop, { ...phone, javaScriptEnabled: false }]) {
      await brief.as(options, async (page) => {
        await hold(page, "Alice", evening);
        const seats = await page.locator("table.summary th").allTextContents();
        if ("javaScriptEnabled" in options) {
          await eventually("the hold runs out", async () => {
            await page.reload();
            const over = await page.getByText("Your hold has run out").count();
            return over > 0 ? true : undefined;
          });
        }
        await page.getByRole("heading", { name: "Your hold has run out" }).waitFor();
        expect(await page.locator("table.summary th").allTextContents()).toEqual(seats);
        // The locks outlast the hold by a second.
        await eventually("the seats are free again", async () => {
          const path = `/events/${evening}/availability`;
          const { body } = await brief.api<Availability>("GET", path);
          return body.counts.held === 0 ? true : undefined;
        });
        await page.getByRole("button", { name: "Hold seats" }).click();
        await page.getByText(/2 seats held until/).waitFor();
        expect(await page.locator("table.summary th").allTextContents()).toEqual(seats);
        await page.getByRole("button", { name: "Release seats" }).click();
        await page.waitForURL("**notice=released");
      });
    }
  } finally {
    await brief.close();
  }
}, 300_000);

test("one's own time stands beside the venue's only where the clocks differ", async () => {
  for (const [timezoneId, lines] of [
    ["Europe/Berlin", 0],
    ["America/New_York", 1],
  ] as const) {
    await shop.as({ ...phone, timezoneId }, async (page) => {
      await hold(page, "Alice", hall);
      await page.getByText(/\d:\d\d left/).waitFor(); // the script has run
      expect(await page.getByText("your time").count()).toBe(lines);
      await page.getByRole("button", { name: "Release seats" }).click();
      await page.waitForURL("**notice=released");
    });
  }
});
