import { expect, test } from "vitest";
import { createTestOrigin } from "../testing/test-origin.ts";
import { sweepHolds } from "./sweep-holds.ts";
import { bookingIn, createBookingClient, newUser } from "./testing/booking-client.ts";

const origin = await createTestOrigin();
const client = createBookingClient(origin);

test("sweeping ends expired holds alone, once, and tells the edge, however many sweep", async () => {
  const { id, ids } = await client.makeEvent();
  const user = newUser();
  const held = await Promise.all(
    ids
      .slice(0, 4)
      .map(async (ticketId) => bookingIn(await client.place(user, id, { ticketIds: [ticketId] }))),
  );
  const [first, second, third] = held.map((booking) => booking.id);
  await client.expire(first ?? "");
  await client.expire(second ?? "");
  await client.expire(third ?? "");
  bookingIn(await client.confirm(user, third ?? ""), 200);
  await origin.database.pool.query("DELETE FROM outbox");

  const swept = await Promise.all([1, 2, 3].map(() => sweepHolds(origin.deps.db)));
  expect(swept.reduce((sum, count) => sum + count, 0)).toBe(2);
  const { rows } = await origin.database.pool.query<{ id: string; status: string }>(
    "SELECT id, status FROM bookings WHERE user_id = $1",
    [user],
  );
  expect(new Map(rows.map((row) => [row.id, row.status]))).toEqual(
    new Map([
      [first, "expired"],
      [second, "expired"],
      [third, "confirmed"],
      [held[3]?.id, "held"],
    ]),
  );
  const { rows: messages } = await origin.database.pool.query("SELECT payload FROM outbox");
  expect(messages).toHaveLength(2);
  expect(messages).toContainEqual({
    payload: { eventId: String(id), ticketIds: [held[0]?.tickets[0]?.id], status: "available" },
  });
});
