import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { signIn } from "./browser.ts";
import { type OpenShop, openRealShop } from "./shop.ts";

/** The bar above every page, where there is little room. */
let shop: OpenShop;

beforeAll(async () => {
  shop = await openRealShop();
}, 300_000);

afterAll(() => shop?.close());

test.each([390, 360, 320])(
  "at %d px it is one line of targets of 44 px, in every language and direction, signed in or not",
  async (width) => {
    const narrow = { viewport: { width, height: 640 }, hasTouch: true, isMobile: true };
    await shop.as(narrow, async (page) => {
      const faults = await faultsEverywhere(page, "session-bar button");
      await page.goto("/");
      await signIn(page, "Alice");
      faults.push(...(await faultsEverywhere(page, ".account summary")));
      console.log(JSON.stringify({ width, faults: faults.length }));
      expect(faults).toEqual([]);
    });
  },
  120_000,
);

/** @param account what has to be there of who is signed in */
async function faultsEverywhere(page: Page, account: string): Promise<string[]> {
  const found: string[] = [];
  // Public pages greet by a script, personal ones come greeting.
  for (const path of ["/", "/de", "/es", "/tickets", "/de/tickets", "/es/tickets"]) {
    if (path.endsWith("tickets") && !account.startsWith(".account")) continue;
    await page.goto(path, { waitUntil: "load" });
    await page.locator(account).waitFor();
    for (const dir of ["ltr", "rtl"]) {
      await page.evaluate((to) => document.documentElement.setAttribute("dir", to), dir);
      found.push(...(await barFaults(page)).map((line) => `${path} ${dir}: ${line}`));
      if (!account.startsWith(".account")) continue;
      await page.locator(account).click();
      found.push(...(await barFaults(page)).map((line) => `${path} ${dir}, opened: ${line}`));
      await page.locator(account).click();
    }
  }
  return found;
}

/** What is not as it should be about the bar: more than one line, a small target, a word that is cut or outside. */
async function barFaults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const shown = [...document.querySelectorAll(".bar a, .bar button, .bar summary")].filter((it) =>
      it.checkVisibility(),
    );
    const { height } = document.querySelector(".bar")?.getBoundingClientRect() ?? { height: 0 };
    return [
      ...(height > 70 ? [`${height} px high`] : []),
      ...(document.documentElement.scrollWidth > innerWidth ? ["scrolls sideways"] : []),
      ...shown.flatMap((it) => {
        const { left, right, width: wide, height: high } = it.getBoundingClientRect();
        const isSmall = wide < 44 || high < 44;
        const isOutside = left < 0 || right > innerWidth;
        const isCut = it.scrollWidth > Math.ceil(wide) + 1 || high > 60;
        return isSmall || isOutside || isCut
          ? [`${it.textContent}: ${left} to ${right}, ${wide} × ${high}, ${it.scrollWidth}`]
          : [];
      }),
    ];
  });
}
