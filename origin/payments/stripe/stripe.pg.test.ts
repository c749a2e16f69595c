import { expect, test } from "vitest";
import { bookingIn, newUser, problemIn } from "../../bookings/testing/booking-client.ts";
import { methods } from "../../testing/stripe-books.ts";
import { createStripeOrigin } from "./testing.ts";

const shop = await createStripeOrigin();
const { stripe, hold, expire, pay, settle, tell, auditOf, accountOf } = shop;

test("a hold is paid for once: set aside, booked, taken", async () => {
  const { user, booking } = await hold();
  const confirmed = bookingIn(await pay(user, booking, methods.good), 200);
  expect(confirmed.status).toBe("confirmed");
  expect(stripe.books.of(booking.id)).toMatchObject([
    {
      amount: booking.total.amount,
      currency: booking.total.currency.toLowerCase(),
      metadata: { frontrow_booking: booking.id, frontrow_attempt: "1" },
      status: "succeeded",
      captured: booking.total.amount,
      refunded: 0,
    },
  ]);
  expect(await auditOf(booking.id)).toEqual([
    "hold.placed",
    "payment.authorised",
    "hold.confirmed",
    "payment.captured",
  ]);
  expect(await accountOf(booking.id)).toEqual({ status: "captured", attempt: 1, isOpen: false });
  expect(bookingIn(await pay(user, booking), 200)).toEqual(confirmed);
  expect(stripe.books.of(booking.id)).toHaveLength(1);
});

test("confirming twice at once takes the money once", async () => {
  const { user, booking } = await hold();
  const answers = await Promise.all([1, 2, 3].map(() => pay(user, booking, methods.good)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(stripe.books.of(booking.id)).toMatchObject([{ captured: booking.total.amount }]);
});

test("without a method the buyer pays at Stripe, whose message then confirms the booking", async () => {
  const { user, booking } = await hold();
  const problem = problemIn(await pay(user, booking));
  const [intent] = stripe.books.of(booking.id);
  if (!intent) throw new Error("no payment was made");
  expect(problem).toMatchObject({ code: "payment-required", status: 402 });
  expect(problem.payment?.clientSecret).toBe(`${intent.id}_secret_of_the_buyer`);
  expect(bookingIn(await shop.get(user, booking.id), 200).status).toBe("held");

  expect(stripe.books.pay(intent.id)).toBe(true);
  for (const type of ["payment_intent.amount_capturable_updated", "payment_intent.succeeded"]) {
    expect((await tell(intent, { type })).status).toBe(204);
    expect((await tell(intent, { type })).status).toBe(204);
  }
  expect(bookingIn(await shop.get(user, booking.id), 200).status).toBe("confirmed");
  expect(intent).toMatchObject({ captured: booking.total.amount, refunded: 0 });
  expect((await auditOf(booking.id)).filter((it) => it === "payment.captured")).toHaveLength(1);
});

test("a message is not believed: what Stripe says when asked counts", async () => {
  const { user, booking } = await hold();
  await pay(user, booking);
  const [intent] = stripe.books.of(booking.id);
  if (!intent) throw new Error("no payment was made");
  const early = { ...intent, status: "succeeded" as const };
  expect((await tell(early, { type: "payment_intent.succeeded" })).status).toBe(204);
  expect(bookingIn(await shop.get(user, booking.id), 200).status).toBe("held");
  expect(intent.captured).toBe(0);
});

test.each([
  { what: "another secret", options: { secret: "whsec_of_somebody" } },
  { what: "an old time", options: { timestamp: Math.floor(Date.now() / 1000) - 3_600 } },
])("a message with $what is refused", async ({ options }) => {
  const { user, booking } = await hold();
  await pay(user, booking);
  const [intent] = stripe.books.of(booking.id);
  if (!intent) throw new Error("no payment was made");
  stripe.books.pay(intent.id);
  const res = await tell(intent, options);
  expect([res.status, await res.json()]).toMatchObject([401, { code: "unauthenticated" }]);
  expect(bookingIn(await shop.get(user, booking.id), 200).status).toBe("held");
});

test("a card that is declined leaves the hold as it was, and another one pays for it", async () => {
  const { user, booking } = await hold();
  const problem = problemIn(await pay(user, booking, methods.declined));
  expect(problem).toMatchObject({ code: "payment-declined", status: 402 });
  expect(problem.detail).toContain("insufficient funds");
  expect(bookingIn(await shop.get(user, booking.id), 200)).toEqual(booking);
  expect(bookingIn(await pay(user, booking, methods.good), 200).status).toBe("confirmed");
  expect(stripe.books.of(booking.id)).toMatchObject([
    { status: "canceled", captured: 0 },
    { status: "succeeded", metadata: { frontrow_attempt: "2" } },
  ]);
});

test("a buyer who has to prove something first is told so, and done with by the message", async () => {
  const { user, booking } = await hold();
  expect(problemIn(await pay(user, booking, methods.needsAction)).code).toBe("payment-required");
  const [intent] = stripe.books.of(booking.id);
  if (!intent) throw new Error("no payment was made");
  stripe.books.pay(intent.id);
  expect(bookingIn(await pay(user, booking), 200).status).toBe("confirmed");
});

test("who pays too late still gets the seats when they are free", async () => {
  const held = await hold();
  await pay(held.user, held.booking);
  await expire(held);
  const [intent] = stripe.books.of(held.booking.id);
  if (!intent) throw new Error("no payment was made");
  stripe.books.pay(intent.id);
  await tell(intent);
  expect(bookingIn(await shop.get(held.user, held.booking.id), 200)).toMatchObject({
    status: "confirmed",
    tickets: held.booking.tickets.map(({ id }) => ({ id })),
  });
});

test("who pays too late gets equal seats instead, if that was allowed", async () => {
  const held = await hold(true);
  const { user, booking, event } = held;
  await pay(user, booking);
  await expire(held);
  const other = bookingIn(await shop.place(newUser(), event.id, { ticketIds: [event.ids[1]] }));
  const [intent] = stripe.books.of(booking.id);
  if (!intent) throw new Error("no payment was made");
  stripe.books.pay(intent.id);
  await tell(intent);
  await tell(intent);
  const seated = bookingIn(await shop.get(user, booking.id), 200);
  expect(seated).toMatchObject({ status: "confirmed", total: booking.total });
  const ids = seated.tickets.map(({ id }) => id);
  expect(ids).toEqual([event.ids[2], event.ids[3]]);
  expect(ids).not.toContain(other.tickets[0]?.id);
  expect(intent).toMatchObject({ captured: booking.total.amount, refunded: 0 });
  expect(await auditOf(booking.id)).toEqual([
    "hold.placed",
    "hold.expired",
    "payment.authorised",
    "hold.reseated",
    "hold.confirmed",
    "payment.captured",
  ]);
});

test("who pays too late for seats that are gone gets the money back, once, on record", async () => {
  const held = await hold();
  const { user, booking, event } = held;
  await pay(user, booking);
  await expire(held);
  bookingIn(await shop.place(newUser(), event.id, { ticketIds: [event.ids[1]] }));
  const [intent] = stripe.books.of(booking.id);
  if (!intent) throw new Error("no payment was made");
  stripe.books.pay(intent.id);
  await Promise.all([tell(intent), tell(intent), settle()]);
  await settle();
  expect(intent).toMatchObject({ status: "canceled", captured: 0 });
  expect(bookingIn(await shop.get(user, booking.id), 200).status).toBe("expired");
  const audit = await auditOf(booking.id);
  expect(audit.filter((it) => it === "payment.voided")).toHaveLength(1);
  expect(audit).not.toContain("hold.confirmed");
  expect(await accountOf(booking.id)).toMatchObject({ status: "voided", isOpen: false });
});

test("a payment that was never made is called off once its hold is over", async () => {
  const held = await hold();
  await pay(held.user, held.booking);
  await expire(held);
  await settle();
  expect(stripe.books.of(held.booking.id)).toMatchObject([{ status: "canceled" }]);
  expect(await accountOf(held.booking.id)).toMatchObject({ status: "voided", isOpen: false });
});

test("a cancelled booking is paid back, once, on record", async () => {
  const { user, booking } = await hold();
  bookingIn(await pay(user, booking, methods.good), 200);
  expect((await shop.end(user, booking.id)).status).toBe(204);
  await Promise.all([settle(), settle()]);
  const [intent] = stripe.books.of(booking.id);
  expect(intent).toMatchObject({ captured: booking.total.amount, refunded: booking.total.amount });
  const audit = await auditOf(booking.id);
  expect(audit.filter((it) => it === "payment.refunded")).toHaveLength(1);
  expect(await accountOf(booking.id)).toMatchObject({ status: "refunded", isOpen: false });
});

test("tickets that cost nothing are had without asking Stripe", async () => {
  const event = await shop.makeEvent({ price: 0 });
  const user = newUser();
  const booking = bookingIn(await shop.place(user, event.id, { ticketIds: [event.ids[0]] }));
  expect(bookingIn(await pay(user, booking), 200).status).toBe("confirmed");
  expect(stripe.books.of(booking.id)).toEqual([]);
  expect(await accountOf(booking.id)).toBeUndefined();
});
