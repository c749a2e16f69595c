import { expect, test } from "vitest";
import { BookingId } from "../../contracts/ids.ts";
import { bookingIdOf } from "./booking-id.ts";

test("a user's key stands for one booking id, and no other pair for the same", () => {
  const ids = [
    bookingIdOf("ann", "key"),
    bookingIdOf("ann", "yek"),
    bookingIdOf("bob", "key"),
    bookingIdOf("annk", "ey"),
  ];
  expect(new Set(ids).size).toBe(4);
  expect(bookingIdOf("ann", "key")).toBe(ids[0]);
  for (const id of ids) expect(BookingId.safeParse(id).success).toBe(true);
});
