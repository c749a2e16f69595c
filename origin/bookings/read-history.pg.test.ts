import { expect, test } from "vitest";
import { createTestOrigin } from "../testing/test-origin.ts";
import { bookingIn, createBookingClient, newUser, problemIn } from "./testing/booking-client.ts";

const origin = await createTestOrigin();
const client = createBookingClient(origin);

test("the owner reads what became of a booking, oldest first, and nobody else does", async () => {
  const event = await client.makeEvent();
  const user = newUser();
  const { id } = bookingIn(await client.place(user, event.id, { ticketIds: [event.ids[0]] }));
  await client.extend(user, id);
  await client.confirm(user, id);
  await client.end(user, id);
  const { status, body } = await client.call(`/bookings/${id}/history`, { user });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    bookingId: id,
    changes: ["hold.placed", "hold.extended", "hold.confirmed", "booking.cancelled"].map(
      (action) => ({ action, byOwner: true }),
    ),
  });
  const other = await client.call(`/bookings/${id}/history`, { user: newUser() });
  expect(problemIn(other).code).toBe("not-found");
});
