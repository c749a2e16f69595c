import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Booking, BookingHistory } from "../../contracts/bookings.ts";
import type { Problem } from "../../contracts/problem.ts";
import type { SearchResult } from "../../contracts/search.ts";
import { methods } from "../../origin/testing/stripe-books.ts";
import { startStripeServer, type StripeServer } from "../../origin/testing/stripe-server.ts";
import { eventually } from "../api.ts";
import { desktop, phone } from "./browser.ts";
import { makeEvening } from "./programme.ts";
import { openRealShop, type OpenShop } from "./shop.ts";

/**
 * "Taking money" as the README tells it, on the real stack, with a server that plays Stripe: by the API, and in a browser
 * at Stripe's page.
 */
const webhookSecret = "whsec_local";
let stripe: StripeServer;
let shop: OpenShop;
let jazz: string;

beforeAll(async () => {
  stripe = await startStripeServer();
  shop = await openRealShop({
    PAYMENTS: "stripe",
    STRIPE_SECRET_KEY: "sk_test_local",
    STRIPE_WEBHOOK_SECRET: webhookSecret,
    STRIPE_API_URL: stripe.url,
  });
  jazz = await makeEvening(shop.api, shop.admin, { name: "Jazz in the Yard" });
}, 240_000);

afterAll(async () => {
  await shop?.close();
  await stripe?.stop();
});

test("a program is told to pay, sends a card, and its booking is confirmed and on record", async () => {
  const { api } = shop;
  const alice = await shop.stack.token("alice");
  const found = await eventually("the search finds it", async () => {
    const { status, body } = await api<SearchResult>("GET", "/events/search?keyword=jazz");
    return status === 200 && !body.degraded ? body.events.find(({ id }) => id === jazz) : undefined;
  });
  const held = await api<Booking>("POST", `/bookings/${found.id}`, {
    token: alice,
    body: { bestAvailable: { quantity: 2 }, acceptEqualSeats: true },
  });
  expect(held.status).toBe(201);
  const path = `/bookings/${held.body.id}`;
  const refused = await api<Problem>("POST", `${path}/confirm`, { token: alice });
  expect(refused.body).toMatchObject({ status: 402, code: "payment-required" });
  expect(Object.keys(refused.body.payment ?? {})).toEqual(["clientSecret"]);
  const confirmed = await api<Booking>("POST", `${path}/confirm`, {
    token: alice,
    body: { paymentMethod: methods.good },
  });
  expect(confirmed.body.status).toBe("confirmed");
  const { body } = await api<BookingHistory>("GET", `${path}/history`, { token: alice });
  expect(body.changes.map(({ action }) => action)).toEqual([
    "hold.placed",
    "payment.authorised",
    "hold.confirmed",
    "payment.captured",
  ]);
  expect(takenFor(held.body.id)).toBe(held.body.total.amount);
});

test("without JavaScript a buyer pays at Stripe's page, and finds the tickets on the way back", async () => {
  stripe.tell({ url: `${shop.stack.edgeUrl}/webhooks/stripe`, webhookSecret });
  await shop.as({ ...phone, javaScriptEnabled: false }, async (page) => {
    const booking = await goAndPay(page, "Alice");
    await page.waitForURL(`**/tickets/${booking}`);
    expect(await page.getByRole("img", { name: /QR/ }).count()).toBe(2);
    expect(takenFor(booking)).toBe(9_000);
  });
});

test("who goes back without paying keeps the hold; when no message comes, confirming ends it", async () => {
  stripe.tell(undefined);
  await shop.as(desktop, async (page) => {
    const violations: string[] = [];
    page.on("console", (line) => {
      if (line.text().includes("Content Security Policy")) violations.push(line.text());
    });
    const booking = await goToStripe(page, "Bob");
    await page.getByRole("link", { name: "Back" }).click();
    await page.getByText(/2 seats held until/).waitFor();
    expect(takenFor(booking)).toBe(0);
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByRole("link", { name: /^Pay €90/ }).click();
    await page.getByRole("button", { name: "Pay" }).click();
    await page.getByText("If you have paid, confirm").waitFor();
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByText("Thank you. These seats are yours.").waitFor();
    expect(takenFor(booking)).toBe(9_000);
    expect(violations).toEqual([]);
  });
});

test("when the event is called off the buyer reads it, and that the money is back", async () => {
  stripe.tell({ url: `${shop.stack.edgeUrl}/webhooks/stripe`, webhookSecret });
  await shop.as({ ...phone, javaScriptEnabled: false }, async (page) => {
    const evening = await makeEvening(shop.api, shop.admin, { name: "Rained Out" });
    const booking = await goAndPay(page, "Alice", evening);
    const path = `/admin/events/${evening}/cancel`;
    expect((await shop.api("POST", path, { token: shop.admin })).status).toBe(200);
    await eventually("the money is back", async () => {
      await page.goto("/tickets");
      const row = page.getByRole("listitem").filter({ hasText: "Rained Out" });
      const text = await row.innerText();
      return ["Cancelled", "Paid back", "This event is cancelled."].every((it) => text.includes(it))
        ? true
        : undefined;
    });
    expect(takenFor(booking)).toBe(0);
  });
});

/** From the event to Stripe's page. @returns the booking */
async function goToStripe(page: Page, user: "Alice" | "Bob", event = jazz): Promise<string> {
  await page.goto(`/e/${event}/s/101`);
  const seats = page.getByRole("checkbox", { disabled: false });
  await seats.nth(0).check();
  await seats.nth(1).check();
  await page.getByRole("button", { name: "Hold seats" }).click();
  await page.getByRole("button", { name: user }).click();
  await page.getByRole("button", { name: "Hold seats" }).click();
  await page.getByText(/2 seats held until/).waitFor();
  const booking = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByText(`You pay at ${new URL(stripe.url).host}`).waitFor();
  await page.getByRole("link", { name: /^Pay €90/ }).click();
  await page.getByRole("heading", { name: /^2 × / }).waitFor();
  return booking;
}

async function goAndPay(page: Page, user: "Alice" | "Bob", event = jazz): Promise<string> {
  const booking = await goToStripe(page, user, event);
  await page.getByRole("button", { name: "Pay" }).click();
  return booking;
}

/** What Stripe took for a booking and did not give back. */
function takenFor(bookingId: string): number {
  return stripe.books.of(bookingId).reduce((sum, it) => sum + it.captured - it.refunded, 0);
}
