import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../api.ts";
import { desktop, phone, signIn } from "./browser.ts";
import { makeEvening } from "./programme.ts";
import { type OpenShop, openRealShop } from "./shop.ts";

/** A purchase without a pointer, from the search to the ticket. */
let shop: OpenShop;

beforeAll(async () => {
  shop = await openRealShop();
  await makeEvening(shop.api, shop.admin, { name: "Quartet of Strings" });
  await eventually(
    "the search finds the event",
    async () => {
      const path = "/events/search?keyword=quartet";
      const { status, body } = await shop.api<{ events: unknown[] }>("GET", path);
      return status === 200 && body.events.length > 0 ? true : undefined;
    },
    90_000,
  );
}, 300_000);

afterAll(() => shop?.close());

/** What has the focus, and whether people can see that it has. */
async function focusOf(page: Page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return undefined;
    const shown = element.closest("label") ?? element;
    const ring = [shown, element].some((it) => {
      const { outlineStyle, boxShadow } = getComputedStyle(it);
      return outlineStyle !== "none" || boxShadow !== "none";
    });
    const { left, top, right, bottom } = shown.getBoundingClientRect();
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    const above = document.elementFromPoint(x, y);
    const bare = above !== null && (shown.contains(above) || above.contains(shown));
    return { ring, bare, at: element.outerHTML.slice(0, 120) };
  });
}

/** What was held on the way. */
const figures = { tabs: 0, focusesSeenAndBare: 0, pages: 0 };

/** Presses Tab until this has the focus; whatever has it on the way must be visible, and it is never lost. */
async function tabTo(
  page: Page,
  role: "link" | "button" | "checkbox" | "searchbox" | Locator,
  name: RegExp,
): Promise<void> {
  const way: string[] = [];
  let lost = 0;
  for (let presses = 0; presses < 150; presses++) {
    await page.keyboard.press("Tab");
    figures.tabs++;
    const focus = await focusOf(page);
    if (!focus) {
      // Once around the page is the browser's own bar; twice is a focus that got lost.
      if (++lost > 1)
        throw new Error(`the focus is lost on the way to ${name}: ${way.join(" > ")}`);
      continue;
    }
    way.push(focus.at);
    if (!focus.ring) throw new Error(`the focus is not to be seen: ${focus.at}`);
    if (!focus.bare) throw new Error(`the focus is covered: ${focus.at}`);
    figures.focusesSeenAndBare++;
    const named = typeof role === "string" ? page.getByRole(role, { name }) : role;
    const wanted = named.and(page.locator(":focus"));
    if ((await wanted.count()) > 0) return;
  }
  throw new Error(`no way by keyboard to ${role} ${name}`);
}

test("a purchase by keyboard alone: search, event, list, hold, extend, confirm, ticket", async () => {
  await shop.as(desktop, async (page) => {
    page.on("domcontentloaded", () => figures.pages++);
    await page.goto("/");
    await tabTo(page, "searchbox", /Search events/);
    await page.keyboard.type("quartet");
    await page.keyboard.press("Enter");
    await page.waitForURL("**keyword=quartet**");
    await tabTo(page, "link", /Quartet of Strings/);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/e/*");
    await tabTo(page, "button", /^Sign in$/);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Alice" }).focus(); // the issuer's page is not ours
    await page.keyboard.press("Enter");
    await page.waitForURL("**/e/*");
    await page.locator("seat-map .map-box canvas").waitFor();
    await tabTo(page, "link", /^102$/);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/s/102");
    await page.locator("seat-map .map-box canvas").waitFor();
    await tabTo(page, "checkbox", /1/);
    await page.keyboard.press("Space");
    await tabTo(page, "checkbox", /2/);
    await page.keyboard.press("Space");
    await tabTo(page, "button", /^Hold seats$/);
    await page.keyboard.press("Enter");
    await page.getByText(/2 seats held until/).waitFor();
    await page.locator("#summary:focus").waitFor();
    await tabTo(page, "button", /^Extend$/);
    await page.keyboard.press("Enter");
    await page.locator("#summary:focus").waitFor();
    await tabTo(page, "button", /^Confirm$/);
    await page.keyboard.press("Enter");
    await page.getByText("Thank you. These seats are yours.").waitFor();
    await page.getByRole("img", { name: /QR/ }).first().waitFor();
    console.log(JSON.stringify(figures));
  });
});

test("one signs out by keyboard alone; Escape and going on close what is behind one's name", async () => {
  await shop.as(phone, async (page) => {
    await page.goto("/");
    await signIn(page, "Bob");
    const account = page.getByLabel("Signed in as Bob");
    await account.waitFor();
    const isOpen = () => page.locator(".account[open]").count();
    await tabTo(page, account, /Bob/);
    await page.keyboard.press("Enter");
    await tabTo(page, "button", /^Sign out$/);
    expect(await isOpen()).toBe(1);
    await page.keyboard.press("Escape");
    expect(await isOpen()).toBe(0);
    await account.and(page.locator(":focus")).waitFor();
    await page.keyboard.press("Enter");
    await tabTo(page, "searchbox", /Search events/);
    expect(await isOpen()).toBe(0);
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await tabTo(page, "button", /^Sign out$/);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
  });
});
