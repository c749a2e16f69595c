import { gzipSync } from "node:zlib";
import type { Request } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { desktop, phone, signIn } from "./browser.ts";
import { makeEvening, stadiumSections } from "./programme.ts";
import { type OpenShop, openRealShop } from "./shop.ts";

/** What people do, and what happens to them meanwhile. */
let shop: OpenShop;
let hall: string;
let stadium: string;

beforeAll(async () => {
  shop = await openRealShop();
  [hall, stadium] = await Promise.all([
    makeEvening(shop.api, shop.admin, { name: "Quartet of Strings" }),
    makeEvening(shop.api, shop.admin, {
      name: "Stadium of Sixty Thousand",
      sections: stadiumSections,
    }),
  ]);
}, 300_000);

afterAll(() => shop?.close());

test("a seat held in one browser shows in the other, and who is slower gets alternatives", async () => {
  await shop.as(desktop, async (alice) => {
    await shop.as(phone, async (bob) => {
      const seats = `/e/${hall}/s/101`;
      for (const [page, user] of [[alice, "Alice"] as const, [bob, "Bob"] as const]) {
        await page.goto(seats);
        await signIn(page, user);
        await page.waitForURL(`**${seats}`);
        await page.locator("seat-map .map-box canvas").waitFor();
        await page.getByRole("group", { name: /Row B/ }).getByRole("checkbox").nth(4).check();
      }
      // The page notes by itself when it says so: asking it all the time would take time from both.
      const said = bob.evaluate(() => {
        const told = () => /has just been taken/.test(document.body.innerText);
        return new Promise<number>((resolve) => {
          new MutationObserver(() => told() && resolve(Date.now())).observe(document.body, {
            subtree: true,
            childList: true,
            characterData: true,
          });
        });
      });
      const answered = alice
        .waitForResponse((answer) => new URL(answer.url()).pathname === `/e/${hall}/hold`)
        .then(() => Date.now());
      const pressed = Date.now();
      await alice.getByRole("button", { name: "Hold seats" }).first().click();
      const [heldAt, seenAt] = await Promise.all([answered, said]);
      await alice.getByText(/1 seat held until/).waitFor();
      const [pressedToHeldMs, heldToSeenMs] = [heldAt - pressed, seenAt - heldAt];
      console.log(JSON.stringify({ pressedToHeldMs, heldToSeenMs }));
      // The seat can no longer be ticked, by whatever way.
      const taken = bob.getByRole("group", { name: /Row B/ }).getByRole("checkbox").nth(4);
      expect([await taken.isDisabled(), await taken.isChecked()]).toEqual([true, false]);
    });
  });
});

test("list and map show the same choice: what is ticked can be given back on the map, and the other way round", async () => {
  await shop.as(desktop, async (page) => {
    await page.goto(`/e/${hall}/s/102`);
    await page.locator("seat-map .map-box canvas").waitFor();
    const boxes = page.getByRole("group", { name: /Row A/ }).getByRole("checkbox");
    const chips = page.locator("seat-map .chips button");
    await boxes.nth(0).check();
    await boxes.nth(1).check();
    await page.getByText(/2 seats chosen, €\d+/).waitFor();
    expect(await chips.allTextContents()).toEqual([
      "Section 102, row A, seat 1 ×",
      "Section 102, row A, seat 2 ×",
    ]);
    await chips.first().click();
    expect(await boxes.nth(0).isChecked()).toBe(false);
    await boxes.nth(1).uncheck();
    await chips.first().waitFor({ state: "detached" });
    await boxes.nth(2).check();
    // Without the script the same form posts the same seat.
    const posted = await page
      .locator("form#seats")
      .evaluate((form) =>
        form instanceof HTMLFormElement ? new FormData(form).getAll("ticketIds").length : 0,
      );
    expect([posted, await chips.count()]).toEqual([1, 1]);
  });
});

test("the loser of a race is offered as good seats, one tap away", async () => {
  await shop.as({ ...desktop, javaScriptEnabled: false }, async (alice) => {
    await shop.as({ ...phone, javaScriptEnabled: false }, async (bob) => {
      const seats = `/e/${hall}/s/Balcony`;
      for (const [page, user] of [[alice, "Alice"] as const, [bob, "Bob"] as const]) {
        await page.goto(seats);
        await signIn(page, user);
        await page.waitForURL(`**${seats}`);
        await page.getByRole("group", { name: /Row C/ }).getByRole("checkbox").nth(4).check();
        await page.getByRole("group", { name: /Row C/ }).getByRole("checkbox").nth(5).check();
      }
      await alice.getByRole("button", { name: "Hold seats" }).click();
      await alice.getByText(/2 seats held until/).waitFor();
      await bob.getByRole("button", { name: "Hold seats" }).click();
      await bob.getByRole("alert").waitFor();
      await bob.locator("form.offer button").first().click();
      await bob.getByText(/2 seats held until/).waitFor();
    });
  });
});

test("a hold survives a reload, a second tab, the back button and ten seconds offline", async () => {
  await shop.as(phone, async (page, context) => {
    await page.goto(`/e/${stadium}`);
    await signIn(page, "Bob");
    await page.waitForURL(`**/e/${stadium}`);
    await page.getByRole("button", { name: "Find best seats" }).click();
    const until = page.getByText(/2 seats held until/);
    await until.waitFor();
    const hold = page.url();
    await page.reload();
    await until.waitFor();
    const second = await context.newPage();
    await second.goto(hold);
    await second.getByText(/2 seats held until/).waitFor();
    await second.close();
    await page.goto("/");
    await page.goBack();
    await until.waitFor();
    await context.setOffline(true);
    await page.locator("[data-offline-note]").waitFor();
    const since = await page.evaluate(() => performance.now());
    await page.waitForFunction((start) => performance.now() - start > 10_000, since);
    await context.setOffline(false);
    await page.locator("[data-offline-note]").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Extend" }).click();
    await until.waitFor();
    await page.getByRole("button", { name: "Release seats" }).click();
    await page.waitForURL(`**/e/${stadium}?notice=released`);
  });
});

test("the event page of 60,000 seats keeps its budget of bytes and requests", async () => {
  await shop.as(phone, async (page) => {
    const finished: Request[] = [];
    page.on("requestfinished", (request) => finished.push(request));
    await page.goto(`/e/${stadium}`);
    await page.locator("seat-map .map-box canvas").waitFor();
    const own = finished.filter((request) => !request.url().startsWith("data:"));
    const requests = own.length;
    const sizes: Record<string, number> = {};
    for (const request of own) {
      const body = await (await request.response())?.body();
      const { pathname } = new URL(request.url());
      sizes[pathname] = gzipSync(body ?? "", { level: 9 }).length;
    }
    console.log(JSON.stringify({ requests, sizes }));
    const size = (part: RegExp) =>
      Object.entries(sizes).reduce((sum, [path, bytes]) => sum + (part.test(path) ? bytes : 0), 0);
    expect(requests).toBeLessThanOrEqual(8);
    expect(size(/\.js$/)).toBeLessThanOrEqual(20_480);
    expect(size(/^\/e\/\d+$/)).toBeLessThanOrEqual(15_360);
    expect(size(/plan$|availability$/)).toBeLessThanOrEqual(15_360);
    expect(size(/plan$/)).toBeGreaterThan(0);
  });
});
