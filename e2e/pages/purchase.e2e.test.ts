import type { Browser, BrowserContextOptions, Page, Request } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openApi } from "../api.ts";
import { startWholeStack, type WholeStack } from "../whole-stack.ts";
import { desktop, phone, signIn, startBrowser } from "./browser.ts";
import { makeEvening } from "./programme.ts";

/** People buy on the real stack, in a real browser. */
let stack: WholeStack;
let browser: Browser;
let site: string;
let hall: string;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startWholeStack({ seed: "none" }), startBrowser()]);
  site = stack.edgeUrl.replace("127.0.0.1", "localhost");
  const admin = await stack.token("root", ["admin"]);
  hall = await makeEvening(openApi(stack.edgeUrl), admin, { name: "Quartet of Strings" });
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

async function inContext(
  options: BrowserContextOptions,
  work: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({ baseURL: site, ...options });
  context.setDefaultTimeout(60_000);
  try {
    await work(await context.newPage());
  } finally {
    await context.close();
  }
}

test("a purchase without JavaScript: search, choose, sign in, hold, extend, confirm, ticket", async () => {
  await inContext({ ...phone, javaScriptEnabled: false }, async (page) => {
    const asked: Request[] = [];
    page.on("request", (request) => asked.push(request));
    await page.goto("/");
    await page.getByLabel("Search events").fill("quartet strings");
    await expect
      .poll(
        async () => {
          await page.getByLabel("Search events").press("Enter");
          return page.getByRole("link", { name: /Quartet of Strings/ }).count();
        },
        { timeout: 60_000 },
      )
      .toBeGreaterThan(0);
    await page
      .getByRole("link", { name: /Quartet of Strings|Buy tickets/ })
      .first()
      .click();
    await page.getByRole("link", { name: "101" }).click();
    const seats = page.getByRole("group", { name: /Row A/ }).getByRole("checkbox");
    await seats.nth(2).check();
    await seats.nth(3).check();
    await page.getByRole("button", { name: "Hold seats" }).click();
    await page.getByRole("button", { name: "Alice" }).click();
    expect(await page.getByRole("checkbox", { checked: true }).count()).toBe(2);
    await page.getByRole("button", { name: "Hold seats" }).click();
    await page.getByText(/2 seats held until/).waitFor();
    expect(await page.getByText("€90").count()).toBeGreaterThan(0);
    await page.getByRole("button", { name: "Extend" }).click();
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByText("Thank you. These seats are yours.").waitFor();
    expect(await page.getByRole("img", { name: /QR/ }).count()).toBe(2);
    const of = (kind: string) => asked.filter((request) => request.resourceType() === kind).length;
    console.log(JSON.stringify({ documents: of("document"), scripts: of("script"), seats: 2 }));
    expect(of("script") + of("fetch") + of("xhr")).toBe(0);
    await page.getByLabel("Signed in as Alice").click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.goto("/tickets"); // asks who it is, for nobody is signed in any more
    await page.getByRole("button", { name: "Alice" }).waitFor();
  });
});

test("best available on a desktop: sign in first, then one form", async () => {
  await inContext(desktop, async (page) => {
    await page.goto(`/e/${hall}`);
    await signIn(page, "Bob");
    await page.waitForURL(`**/e/${hall}`);
    const account = page.getByLabel("Signed in as Bob");
    await account.getByText("Bob").waitFor();
    await page.getByLabel("Number of tickets").selectOption("3");
    await page.getByRole("button", { name: "Find best seats" }).click();
    await page.getByText(/3 seats held until/).waitFor();
    const euros = (texts: string[]) => texts.map((text) => Number(text.replace("€", "")));
    const prices = euros(await page.locator("table.summary tbody .number").allTextContents());
    const [total] = euros(await page.locator("table.summary .total").allTextContents());
    console.log(JSON.stringify({ prices, total }));
    expect(total).toBe(prices.reduce((sum, price) => sum + price, 0));
    await page.getByRole("button", { name: "Release seats" }).click();
    await page.waitForURL(`**/e/${hall}?notice=released`);
    const signOut = page.getByRole("button", { name: "Sign out" });
    await account.click();
    await signOut.waitFor();
    await page.getByRole("heading", { level: 1 }).click(); // turning to something else closes it
    await signOut.waitFor({ state: "hidden" });
    await account.click();
    await signOut.click();
    await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
  });
});
