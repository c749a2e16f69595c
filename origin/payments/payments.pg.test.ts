import { expect, test } from "vitest";
import type { BookingDeps } from "../bookings/booking-deps.ts";
import { confirmHold } from "../bookings/confirm-hold.ts";
import { openBookings } from "../bookings/open-bookings.ts";
import { readBooking } from "../bookings/read-booking.ts";
import { bookingIn, createBookingClient, newUser } from "../bookings/testing/booking-client.ts";
import { createTestOrigin } from "../testing/test-origin.ts";
import type { Capture, Payments } from "./payments.ts";

const origin = await createTestOrigin();
const client = createBookingClient(origin);

test("money is set aside for the booking's total, then taken once it is booked", async () => {
  const { deps, calls, confirm } = await hold();
  expect(await confirm()).toMatchObject({ status: "confirmed" });
  expect(calls).toEqual(["authorise 10000 GBP", "capture"]);
  expect(await paymentOf(deps.bookingId)).toBe("captured");
});

test("a payment that is declined leaves the hold as it was", async () => {
  const { deps, confirm, booking } = await hold({ declines: "authorise" });
  await expect(confirm()).rejects.toMatchObject({ code: "payment-declined" });
  expect(await read(deps)).toEqual(booking);
});

test("money that is not handed over in the end leaves the hold as it was", async () => {
  const { deps, confirm, booking, provider } = await hold({ declines: "capture" });
  await expect(confirm()).rejects.toMatchObject({ code: "payment-declined" });
  expect(await read(deps)).toEqual(booking);
  expect(await paymentOf(deps.bookingId)).toBeNull();
  provider.declines = undefined;
  expect(await confirm()).toMatchObject({ status: "confirmed" });
});

test("money that was set aside is given up when the tickets are gone", async () => {
  const { deps, calls, confirm, event } = await hold();
  await client.expire(deps.bookingId);
  await origin.deps.redis.del(`{${event.id}}:locks`, `{${event.id}}:owners`);
  bookingIn(await client.place(newUser(), event.id, { ticketIds: [event.ids[0]] }));
  await expect(confirm()).rejects.toMatchObject({ code: "hold-expired" });
  expect(calls).toEqual(["authorise 10000 GBP", "void"]);
});

test("a capture of unknown outcome is settled by confirming again", async () => {
  const { deps, confirm, provider } = await hold({ breaks: "capture" });
  await expect(confirm()).rejects.toThrow("cut off");
  expect(await paymentOf(deps.bookingId)).toBe("authorised");
  provider.breaks = undefined;
  expect(await confirm()).toMatchObject({ status: "confirmed" });
  expect(await paymentOf(deps.bookingId)).toBe("captured");
});

interface Provider {
  declines?: "authorise" | "capture" | undefined;
  breaks?: "capture" | undefined;
}

/** A hold of two tickets, and a provider that writes down what it is asked. */
async function hold(provider: Provider = {}) {
  const event = await client.makeEvent({ rows: 1, seatsPerRow: 2 });
  const user = newUser();
  const booking = bookingIn(await client.place(user, event.id, { ticketIds: event.ids }));
  const calls: string[] = [];
  const payments: Payments = {
    async authorise({ total }) {
      const { amount, currency } = await total();
      calls.push(`authorise ${amount} ${currency}`);
      if (provider.declines === "authorise") return { status: "declined", reason: "no funds" };
      return { status: "authorised", reference: "p1" };
    },
    async capture(): Promise<Capture> {
      calls.push("capture");
      if (provider.breaks === "capture") throw new Error("cut off");
      if (provider.declines === "capture") return { status: "declined", reason: "card closed" };
      return { status: "captured" };
    },
    async void() {
      calls.push("void");
    },
  };
  const parts: BookingDeps = { ...openBookings(origin.deps), payments };
  const asked = { bookingId: booking.id, caller: { userId: user, requestId: "test" } };
  return {
    deps: asked,
    event,
    booking,
    calls,
    provider,
    confirm: () => confirmHold(parts, asked),
  };
}

async function read(asked: Parameters<typeof readBooking>[1]) {
  return readBooking(origin.deps, asked);
}

async function paymentOf(bookingId: string): Promise<string | null | undefined> {
  const { rows } = await origin.database.pool.query<{ payment_status: string | null }>(
    "SELECT payment_status FROM bookings WHERE id = $1",
    [bookingId],
  );
  return rows[0]?.payment_status;
}
