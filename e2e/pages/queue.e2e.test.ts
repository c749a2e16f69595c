import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { QueueStatus } from "../../contracts/queue.ts";
import { eventually } from "../api.ts";
import { positionIndependently } from "../waiting-room-lottery.ts";
import { desktop, phone } from "./browser.ts";
import { makeEvening } from "./programme.ts";
import { type OpenShop, openRealShop } from "./shop.ts";

/** One event behind a waiting room, from before its opening: once without scripts, once with them. */
const peopleBefore = 20;
const admitPerMinute = 30;
const message = "Doors open at seven. <b>Bring a coat.</b>";

let shop: OpenShop;
let event: string;

beforeAll(async () => {
  shop = await openRealShop();
  event = await makeEvening(shop.api, shop.admin, { name: "The One Everybody Wants" });
  const body = {
    enabled: true,
    opensAt: new Date(Date.now() + 3_600_000).toISOString(),
    admitPerMinute,
    maxActive: 1000,
    passSeconds: 600,
    graceSeconds: 300,
    message,
  };
  const path = `/admin/events/${event}/queue`;
  const flagged = await shop.api("PUT", path, { token: shop.admin, body });
  if (flagged.status !== 200) throw new Error(JSON.stringify(flagged.body));
  await eventually("the event page sends people to the waiting room", async () => {
    const answer = await fetch(`${shop.site}/e/${event}`);
    return (await answer.text()).includes(`/wait/${event}`) ? true : undefined;
  });
  for (let nth = 0; nth < peopleBefore; nth++) {
    const token = await shop.stack.token(`early-${nth}`);
    const joined = await shop.api("POST", `/events/${event}/queue`, { token });
    if (joined.status > 201) throw new Error(JSON.stringify(joined.body));
  }
}, 300_000);

afterAll(() => shop?.close());

test("a whole queue without JavaScript and one with it: join, wait, enter, buy", async () => {
  await shop.as({ ...phone, javaScriptEnabled: false }, async (plain) => {
    await shop.as(desktop, async (scripted) => {
      await joinPlain(plain);
      await joinScripted(scripted);
      const opened = await shop.api("POST", `/admin/events/${event}/queue/open`, {
        token: shop.admin,
      });
      expect(opened.status).toBe(200);
      await waitScripted(scripted);
      await enterScripted(scripted);
      await enterPlain(plain);
    });
  });
}, 400_000);

/** Without scripts the waiting page leads to the basic one by itself. */
async function joinPlain(page: Page): Promise<void> {
  await page.goto(`/e/${event}`);
  await page.getByRole("link", { name: "Go to the waiting room" }).click();
  await page.waitForURL("**/basic?reload=on");
  await page.getByText("Bring a coat").waitFor();
  await page.getByRole("link", { name: "Stop reloading" }).click();
  await page.getByRole("button", { name: "Join the queue" }).click();
  await page.getByRole("button", { name: "Alice" }).click();
  await page.waitForURL("**/basic?reload=on");
  await page.getByRole("button", { name: "Join the queue" }).click();
  await page.getByText("You are in the draw.").waitFor();
  await page.getByRole("button", { name: "Leave the queue" }).waitFor();
}

async function enterPlain(page: Page): Promise<void> {
  const enter = page.getByRole("button", { name: "Enter", exact: true });
  await expect
    .poll(
      async () => {
        await page.getByRole("link", { name: "Reload now" }).click();
        return await enter.count();
      },
      { timeout: 120_000, interval: 1000 },
    )
    .toBe(1);
  await page.getByText("It is your turn").waitFor();
  await enter.click();
  await page.waitForURL("**/seats");
  await page.getByText(/Your admission is valid until/).waitFor();
  await page.getByRole("button", { name: "Find best seats" }).click();
  await page.getByText(/2 seats held until/).waitFor();
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByText("Thank you. These seats are yours.").waitFor();
}

async function joinScripted(page: Page): Promise<void> {
  await page.goto(`/wait/${event}`);
  await page.getByText("Bring a coat").waitFor();
  expect(await page.locator("blockquote").textContent()).toContain(message); // text, not markup
  await page.getByRole("button", { name: "Join the queue" }).click();
  await page.getByRole("button", { name: "Bob" }).click();
  await page.waitForURL(`**/wait/${event}*`);
  await page.getByRole("button", { name: "Join the queue" }).click();
  await page.locator('[data-line="place"]').getByText("You are in the draw.").waitFor();
  await page.getByText("It is safe to close this page").waitFor();
}

/** Nothing is clicked and nothing reloads: the page finds out by itself. */
async function waitScripted(page: Page): Promise<void> {
  let status: QueueStatus | undefined;
  page.on("response", async (response) => {
    if (!response.url().endsWith(`/events/${event}/queue`) || !response.ok()) return;
    // The body of a page that is left is gone; the next one will do.
    const text = await response.text().catch(() => "");
    if (text !== "") status = JSON.parse(text) as QueueStatus;
  });
  const marked = page.evaluate(() => Object.assign(window, { marked: true }).marked);
  expect(await marked).toBe(true);
  // As after a screen lock: looking at the page again asks at once, and not at the next poll.
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  const cookies = await page.context().cookies();
  const cookie = cookies.find(({ name }) => name === `__Host-queue-${event}`);
  const number = Number(decodeURIComponent(cookie?.value ?? "").split("~")[0]);
  const shown = page.locator('[data-line="place"]');
  const told = await eventually(
    "the place that the page shows is the one that was drawn",
    async () => {
      const text = (await shown.textContent()) ?? "";
      const { seed, secret, lotterySize, commitment, opensAt, serving } = status ?? {};
      if (serving === undefined || !seed || !secret || lotterySize === undefined) return undefined;
      const draw = {
        seed,
        secret,
        lotterySize,
        commitment: commitment ?? "",
        opensAt: opensAt ?? "",
      };
      const ahead = positionIndependently(draw, number) - serving;
      const wanted =
        ahead < 0
          ? /your turn/
          : ahead === 0
            ? /You are next/
            : new RegExp(`^${ahead} (person|people) ahead`);
      return wanted.test(text) ? { text, lotterySize } : undefined;
    },
    90_000,
  );
  await page.getByText("Checked on this device: the draw placed you correctly.").waitFor({
    state: "attached",
  });
  console.log(JSON.stringify({ number, ...told, seatsLeft: status?.seatsLeft }));
  await page.getByText(/\d+ seats left/).waitFor();
  await page.getByText("It is your turn").waitFor({ timeout: 150_000 });
  expect(await page.evaluate(() => "marked" in window)).toBe(true);
}

async function enterScripted(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Enter", exact: true }).click();
  await page.waitForURL("**/seats");
  await countsDown(page.locator("pass-clock .clock"));
  await page.goto(`/wait/${event}`);
  const clock = page.locator('[data-line="clock"]');
  await clock.waitFor();
  // No further word from the server, and the pass still counts down.
  await page.route(`**/events/${event}/queue`, (route) => route.abort());
  await countsDown(clock);
  await page.getByRole("link", { name: "Choose your seats" }).click();
  await page.locator("seat-map .map-box canvas").waitFor();
  await page.getByLabel("Number of tickets").selectOption("3");
  await page.getByRole("button", { name: "Find best seats" }).click();
  await page.getByText(/3 seats held until/).waitFor();
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByText("Thank you. These seats are yours.").waitFor();
}

async function countsDown(clock: Locator): Promise<void> {
  const seen = new Set<string>();
  await eventually("the pass counts down", async () => {
    seen.add((await clock.textContent()) ?? "");
    return seen.size >= 4 ? true : undefined;
  });
  expect([...seen].filter((text) => !/^(9:\d\d|10:00) left/.test(text))).toEqual([]);
}
