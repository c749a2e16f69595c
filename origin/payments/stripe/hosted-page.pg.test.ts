import { expect, test } from "vitest";
import type { Booking } from "../../../contracts/bookings.ts";
import { bookingIn, newUser, problemIn } from "../../bookings/testing/booking-client.ts";
import { methods, type Page } from "../../testing/stripe-books.ts";
import { messageAbout } from "../../testing/stripe-messages.ts";
import type { StripeFault } from "../../testing/stripe-server.ts";
import { createStripeOrigin } from "./testing.ts";

const shop = await createStripeOrigin();
const { stripe, hold, expire, pay, settle, accountOf, auditOf } = shop;
const returnTo = "https://tickets.example/hold/1?notice=paid";

test("the buyer pays at a page of Stripe's, whose message confirms the booking", async () => {
  const { user, booking } = await hold();
  const { page, url } = await goToPage(user, booking);
  expect(url).toBe(`${stripe.url}/c/pay/${page.id}`);
  expect(page).toMatchObject({
    amount: booking.total.amount,
    currency: booking.total.currency.toLowerCase(),
    title: expect.stringMatching(/^2 × ./),
    returnTo,
    metadata: { frontrow_booking: booking.id, frontrow_attempt: "1" },
  });
  expect(stripe.books.payAt(page.id)).toBe(true);
  for (const _ of [1, 2]) expect((await tell(page)).status).toBe(204);
  expect(bookingIn(await shop.get(user, booking.id), 200).status).toBe("confirmed");
  expect(page.intent).toMatchObject({ captured: booking.total.amount, refunded: 0 });
  expect(await auditOf(booking.id)).toEqual([
    "hold.placed",
    "payment.authorised",
    "hold.confirmed",
    "payment.captured",
  ]);
  expect(await accountOf(booking.id)).toEqual({ status: "captured", attempt: 1, isOpen: false });
});

test("without a message the booking is confirmed by who comes back, or by the settlement", async () => {
  for (const comesBack of [true, false]) {
    const { user, booking } = await hold();
    const { page } = await goToPage(user, booking);
    stripe.books.payAt(page.id);
    if (comesBack) bookingIn(await confirmAtPage(user, booking), 200);
    else await settle();
    expect(bookingIn(await shop.get(user, booking.id), 200).status).toBe("confirmed");
    expect(page.intent).toMatchObject({ captured: booking.total.amount, refunded: 0 });
  }
});

test("who comes back without having paid is sent to the same page again", async () => {
  const { user, booking } = await hold();
  const first = await goToPage(user, booking);
  expect((await goToPage(user, booking)).url).toBe(first.url);
  expect(pagesOf(booking)).toHaveLength(1);
  expect(bookingIn(await shop.get(user, booking.id), 200).status).toBe("held");
});

test("who pays in another way after all cannot pay at the page any more", async () => {
  const { user, booking } = await hold();
  const { page } = await goToPage(user, booking);
  expect(bookingIn(await pay(user, booking, methods.good), 200).status).toBe("confirmed");
  expect(page).toMatchObject({ status: "expired", intent: undefined });
  expect(moneyOf(booking)).toBe(booking.total.amount);
  expect(await accountOf(booking.id)).toMatchObject({ status: "captured", attempt: 2 });
});

test("who goes to the page after all cannot pay by what the browser was given before", async () => {
  const { user, booking } = await hold();
  await pay(user, booking);
  const [intent] = stripe.books.of(booking.id);
  const { page } = await goToPage(user, booking);
  expect(intent?.status).toBe("canceled");
  stripe.books.payAt(page.id);
  await tell(page);
  expect(bookingIn(await shop.get(user, booking.id), 200).status).toBe("confirmed");
  expect(moneyOf(booking)).toBe(booking.total.amount);
});

test("who paid at the page and then sends a card, too, pays once", async () => {
  const { user, booking } = await hold();
  const { page } = await goToPage(user, booking);
  stripe.books.payAt(page.id);
  expect(bookingIn(await pay(user, booking, methods.good), 200).status).toBe("confirmed");
  expect(stripe.books.of(booking.id)).toHaveLength(1);
  expect(moneyOf(booking)).toBe(booking.total.amount);
});

test("the page is closed once the hold is over", async () => {
  const held = await hold();
  const { page } = await goToPage(held.user, held.booking);
  await expire(held);
  await settle();
  expect(page.status).toBe("expired");
  expect(await accountOf(held.booking.id)).toMatchObject({ status: "voided", isOpen: false });
  // Too late for that page; a new one is only for seats that are still free.
  expect((await goToPage(held.user, held.booking)).page.id).not.toBe(page.id);
});

test("who pays at the page too late for seats that are gone is not charged", async () => {
  const held = await hold();
  const { user, booking, event } = held;
  const { page } = await goToPage(user, booking);
  await expire(held);
  bookingIn(await shop.place(newUser(), event.id, { ticketIds: [event.ids[1]] }));
  stripe.books.payAt(page.id);
  await Promise.all([tell(page), tell(page), settle()]);
  await settle();
  expect(page.intent).toMatchObject({ status: "canceled", captured: 0 });
  expect(await accountOf(booking.id)).toMatchObject({ status: "voided", isOpen: false });
});

test("a booking that was paid at the page is paid back when it is cancelled", async () => {
  const { user, booking } = await hold();
  const { page } = await goToPage(user, booking);
  stripe.books.payAt(page.id);
  await tell(page);
  expect((await shop.end(user, booking.id)).status).toBe(204);
  await settle();
  expect(moneyOf(booking)).toBe(0);
  expect(page.intent?.refunded).toBe(booking.total.amount);
});

const kinds: readonly StripeFault["kind"][] = ["cut", "reply-lost", "broken"];
test.each(kinds)("when making the page is %s, asking again leads to one", async (kind) => {
  const { user, booking } = await hold();
  stripe.fail({ at: "POST /v1/checkout/sessions", kind });
  expect((await confirmAtPage(user, booking)).status).toBe(503);
  const { page } = await goToPage(user, booking);
  stripe.books.payAt(page.id);
  await tell(page);
  expect(moneyOf(booking)).toBe(booking.total.amount);
  expect(pagesOf(booking)).toHaveLength(1);
});

test.each(kinds)("when closing the page is %s, it is closed later", async (kind) => {
  const held = await hold();
  const { page } = await goToPage(held.user, held.booking);
  await expire(held);
  stripe.fail({ at: "/expire", kind });
  await settle();
  expect(page.status).toBe("expired");
  expect(await accountOf(held.booking.id)).toMatchObject({ status: "voided", isOpen: false });
});

test("both ways to pay at once are refused, and so is a way back that is no address", async () => {
  const { user, booking } = await hold();
  for (const body of [{ returnTo, paymentMethod: methods.good }, { returnTo: "javascript:1" }]) {
    const answer = await shop.call(`/bookings/${booking.id}/confirm`, {
      method: "POST",
      user,
      body,
    });
    expect(problemIn(answer).errors).toMatchObject([{ path: "returnTo" }]);
  }
});

function confirmAtPage(user: string, { id }: Booking) {
  return shop.call(`/bookings/${id}/confirm`, { method: "POST", user, body: { returnTo } });
}

async function goToPage(user: string, booking: Booking): Promise<{ page: Page; url: string }> {
  const problem = problemIn(await confirmAtPage(user, booking));
  expect(problem.code).toBe("payment-required");
  const url = problem.payment?.url ?? "";
  const page = stripe.books.pages.get(url.split("/").at(-1) ?? "");
  if (!page) throw new Error(`there is no page at ${url}`);
  return { page, url };
}

function tell(page: Page) {
  return shop.tellOf(messageAbout(page));
}

function pagesOf({ id }: Booking): Page[] {
  return [...stripe.books.pages.values()].filter((it) => it.metadata["frontrow_booking"] === id);
}

/** What was taken and not given back. */
function moneyOf({ id }: Booking): number {
  return stripe.books.of(id).reduce((sum, it) => sum + it.captured - it.refunded, 0);
}
