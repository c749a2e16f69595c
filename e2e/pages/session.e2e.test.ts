import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Booking } from "../../contracts/bookings.ts";
import { desktop, phone, signIn } from "./browser.ts";
import { makeEvening } from "./programme.ts";
import { type OpenShop, openRealShop } from "./shop.ts";

/** Sessions end while people are buying: nothing of what they had may be lost. */
let shop: OpenShop;
let hall: string;

beforeAll(async () => {
  shop = await openRealShop();
  hall = await makeEvening(shop.api, shop.admin, { name: "Quartet of Strings" });
}, 300_000);

afterAll(() => shop?.close());

/** Who keeps seats that were chosen on the map: the map again, or a list on the page. */
const ways = [
  ["with scripts", desktop, "seat-map:not([hidden])"],
  ["without", { ...phone, javaScriptEnabled: false }, "[data-kept]"],
] as const;

/** The browser itself drops the session: its cookie goes when the token in it is over. */
async function runOut(context: BrowserContext): Promise<void> {
  const ours = async () => (await context.cookies()).find(({ name }) => name.endsWith("session"));
  const cookie = await ours();
  if (!cookie) throw new Error("nobody is signed in");
  const { name, value, httpOnly, secure, sameSite } = cookie;
  const expires = Date.now() / 1000 + 1;
  const kept = { name, value, httpOnly, secure, sameSite, expires };
  await context.addCookies([{ ...kept, url: shop.site.replace("http:", "https:") }]);
  await expect.poll(ours, { timeout: 10_000 }).toBeUndefined();
}

const seatsOf = (page: Page) => page.locator("table.summary tbody th").allTextContents();

test.each(ways)(
  "a session that ends before Confirm leads back to the same hold, which can then be confirmed: %s",
  async (way, options) => {
    await shop.as(options, async (page, context) => {
      await page.goto(`/e/${hall}`);
      await signIn(page, "Alice");
      await page.waitForURL(`**/e/${hall}`);
      await page.getByRole("button", { name: "Find best seats" }).click();
      await page.getByText(/2 seats held until/).waitFor();
      const [hold, seats] = [new URL(page.url()).pathname, await seatsOf(page)];
      await runOut(context);

      await page.getByRole("button", { name: "Confirm" }).click();
      await page.getByRole("heading", { name: "Please sign in again" }).waitFor();
      await page.getByText(/Nothing is lost/).waitFor();
      const booking = await shop.api<Booking>("GET", `/bookings/${hold.split("/").at(-1)}`, {
        token: await shop.stack.token("alice"),
      });
      expect([booking.status, booking.body.status]).toEqual([200, "held"]);

      await page.getByRole("link", { name: "Sign in" }).click();
      await page.getByRole("button", { name: "Alice" }).click();
      await page.getByText("You are signed in again, and nothing was lost.").waitFor();
      expect(new URL(page.url()).pathname).toBe(hold);
      expect(await seatsOf(page)).toEqual(seats);
      await page.getByText(/2 seats held until/).waitFor();
      await page.getByRole("button", { name: "Confirm" }).click();
      await page.getByText("Thank you. These seats are yours.").waitFor();
      const seatsBought = await page.getByRole("img", { name: /QR/ }).count();
      console.log(JSON.stringify({ way, seatsHeld: seats.length, seatsBought }));
      expect(seatsBought).toBe(seats.length);
    });
  },
);

test.each(ways)(
  "a session that ends before Hold seats leads back to the same choice, which can then be held: %s",
  async (way, options, keeper) => {
    await shop.as(options, async (page, context) => {
      const section = `/e/${hall}/s/Balcony`;
      await page.goto(section);
      await signIn(page, "Bob");
      await page.waitForURL(`**${section}`);
      const row = page.getByRole("group", { name: /Row B/ }).getByRole("checkbox");
      await row.nth(2).check();
      await row.nth(3).check();
      await runOut(context);

      await page.getByRole("button", { name: "Hold seats" }).first().click();
      await page.getByRole("button", { name: "Bob" }).click();
      await page.getByText("You are signed in. You are back at your choice.").waitFor();
      const kept = await page.getByRole("checkbox", { checked: true }).count();
      expect([await row.nth(2).isChecked(), await row.nth(3).isChecked()]).toEqual([true, true]);
      await page.getByRole("button", { name: "Hold seats" }).first().click();
      await page.getByText(/2 seats held until/).waitFor();
      expect(await seatsOf(page)).toEqual([
        "Section Balcony, row B, seat 3",
        "Section Balcony, row B, seat 4",
      ]);
      await page.getByRole("button", { name: "Release seats" }).click();

      // Chosen on the map: the page after signing in names these seats and holds them with one tap.
      await page.waitForURL("**notice=released");
      const list = await (await context.request.get(section)).text();
      const first = /name="ticketIds" value="(\d+)"/.exec(list)?.[1];
      await page.goto(`/e/${hall}?notice=signed-in&ticketIds=${first}`);
      await page.locator(keeper).getByRole("button", { name: "Hold seats" }).click();
      await page.getByText(/1 seat held until/).waitFor();
      await page.getByRole("button", { name: "Release seats" }).click();
      await page.waitForURL("**notice=released");
      console.log(JSON.stringify({ way, chosen: 2, kept }));
    });
  },
);
