import { expect, test } from "vitest";
import { bookingIn, newUser } from "../../bookings/testing/booking-client.ts";
import { methods } from "../../testing/stripe-books.ts";
import type { StripeFault } from "../../testing/stripe-server.ts";
import { openBookings } from "../../bookings/open-bookings.ts";
import { settleAccount } from "../settle-account.ts";
import { createStripeOrigin } from "./testing.ts";

const shop = await createStripeOrigin();
const { stripe, hold, pay, settle, accountOf } = shop;

const kinds: readonly StripeFault["kind"][] = ["cut", "reply-lost", "broken"];
const steps = [
  { step: "making a payment", at: "POST /v1/payment_intents" },
  { step: "setting money aside", at: "/confirm" },
  { step: "taking it", at: "/capture" },
] as const;
const faults = steps.flatMap(({ step, at }) => kinds.map((kind) => ({ step, at, kind })));

test.each(faults)(
  "when $step is $kind nothing is lost: confirming again books and takes the money once",
  async ({ at, kind }) => {
    const { user, booking } = await hold();
    stripe.fail({ at, kind });
    expect((await pay(user, booking, methods.good)).status).toBe(503);
    await expect
      .poll(() => pay(user, booking, methods.good).then(({ status }) => status))
      .toBe(200);
    await settle();
    expect(bookingIn(await shop.get(user, booking.id), 200).status).toBe("confirmed");
    expect(taken(booking.id)).toEqual([booking.total.amount]);
  },
);

test.each(faults)(
  "when $step is $kind and the buyer never comes back, the settlement ends it one way or the other",
  async ({ at, kind }) => {
    const held = await hold();
    const { user, booking } = held;
    stripe.fail({ at, kind });
    expect((await pay(user, booking, methods.good)).status).toBe(503);
    await settle();
    await shop.expire(held);
    await settle();
    const { status } = bookingIn(await shop.get(user, booking.id), 200);
    expect(taken(booking.id)).toEqual(status === "confirmed" ? [booking.total.amount] : []);
    expect(setAside(booking.id)).toEqual([]);
    expect(await accountOf(booking.id)).toMatchObject({ isOpen: false });
  },
);

test.each([
  { how: "cancelled", at: "/v1/refunds", confirmed: true },
  { how: "released", at: "/cancel", confirmed: false },
])(
  "money of a booking that was $how goes back, whatever happens on the way",
  async ({ at, confirmed }) => {
    for (const kind of kinds) {
      const { user, booking } = await hold();
      await pay(user, booking, confirmed ? methods.good : methods.needsAction);
      await shop.end(user, booking.id);
      stripe.fail({ at, kind });
      await settle();
      expect(taken(booking.id)).toEqual([]);
      expect(setAside(booking.id)).toEqual([]);
      expect(await accountOf(booking.id)).toMatchObject({ isOpen: false });
    }
  },
);

test.each(kinds)(
  "a payment whose giving up is %s is given up by who pays next: nobody waits for the settlement",
  async (kind) => {
    const late = await hold();
    await shop.expire(late);
    const other = newUser();
    const ticketIds = [late.booking.tickets[0]?.id ?? ""];
    const { id } = bookingIn(await shop.place(other, late.event.id, { ticketIds }));
    stripe.fail({ at: "/cancel", kind });
    expect((await pay(late.user, late.booking, methods.good)).status).toBe(503);
    expect(await accountOf(late.booking.id)).toMatchObject({ status: "voiding" });
    await shop.end(other, id);
    bookingIn(await pay(late.user, late.booking, methods.good), 200);
    expect(taken(late.booking.id)).toEqual([late.booking.total.amount]);
    expect(setAside(late.booking.id)).toEqual([]);
    expect(await accountOf(late.booking.id)).toMatchObject({ attempt: 2, isOpen: false });
  },
);

test("a booking whose money is gone before it was taken is a hold again", async () => {
  const { user, booking } = await hold();
  stripe.fail({ at: "/capture", kind: "cut" });
  await pay(user, booking, methods.good);
  for (const intent of stripe.books.of(booking.id)) intent.status = "canceled";
  await settle();
  expect(bookingIn(await shop.get(user, booking.id), 200).status).toBe("held");
  expect(bookingIn(await pay(user, booking, methods.good), 200).status).toBe("confirmed");
  expect(taken(booking.id)).toEqual([booking.total.amount]);
});

test("a booking that is cancelled while its payment is looked at is paid back all the same", async () => {
  const { user, booking } = await hold();
  bookingIn(await pay(user, booking, methods.good), 200);
  const { till } = shop.origin.deps;
  if (!till) throw new Error("there is no till");
  const { provider } = till;
  const look = async (reference: string) => {
    const seen = await provider.look(reference);
    expect((await shop.end(user, booking.id)).status).toBe(204);
    return seen;
  };
  const found = { bookingId: booking.id, requestId: "test" };
  expect(await settleAccount(openBookings(shop.origin.deps), { ...provider, look }, found)).toBe(
    "done",
  );
  await settle();
  expect(taken(booking.id)).toEqual([]);
  expect(await accountOf(booking.id)).toMatchObject({ status: "refunded", isOpen: false });
});

/** What was taken and not given back, payment by payment. */
function taken(bookingId: string): number[] {
  return stripe.books
    .of(bookingId)
    .map(({ captured, refunded }) => captured - refunded)
    .filter((amount) => amount !== 0);
}

function setAside(bookingId: string): string[] {
  return stripe.books
    .of(bookingId)
    .filter(({ status }) => status === "requires_capture")
    .map(({ id }) => id);
}
