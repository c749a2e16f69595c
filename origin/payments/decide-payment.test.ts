import { expect, test } from "vitest";
import {
  paymentActions,
  type BookingState,
  type PaymentAction,
  type PaymentState,
} from "./decide-payment.ts";

const cases: readonly [BookingState, PaymentState, PaymentAction, why: string][] = [
  ["held", "open", "wait", "the buyer is still paying"],
  ["held", "authorised", "confirm", "the process died before it booked"],
  ["expired", "open", "void", "nobody shall pay for seats that are on sale again"],
  ["expired", "authorised", "confirm", "the seats may still be free, or equal ones"],
  ["expired", "captured", "confirm", "likewise, and else it is paid back"],
  ["confirmed", "authorised", "capture", "the process died before it took the money"],
  ["confirmed", "captured", "done", "all is well"],
  ["confirmed", "gone", "revert", "nobody keeps tickets that are not paid for"],
  ["ended", "authorised", "void", "the booking is over"],
  ["ended", "captured", "void", "the booking was cancelled: it is paid back"],
];

test.each(cases)("%s and %s: %s, since %s", (booking, payment, action) => {
  expect(paymentActions[booking][payment]).toBe(action);
});

test("money is never taken for a booking that is not confirmed, nor given up for one that is", () => {
  for (const [booking, actions] of Object.entries(paymentActions)) {
    if (booking === "confirmed") continue;
    expect(Object.values(actions)).not.toContain("capture");
  }
  const { open, authorised, captured } = paymentActions.confirmed;
  expect([open, authorised, captured]).not.toContain("void");
});

test("what was begun to be given up is given up, whatever the booking says", () => {
  expect(new Set(Object.values(paymentActions).map(({ voiding }) => voiding))).toEqual(
    new Set(["void"]),
  );
});
