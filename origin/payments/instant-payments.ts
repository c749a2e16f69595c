import type { Payments } from "./payments.ts";

/** For tickets that are free, or paid for elsewhere: every booking counts as paid at once. */
export const instantPayments: Payments = {
  authorise: async ({ bookingId }) => ({ status: "captured", reference: `instant:${bookingId}` }),
  capture: async () => ({ status: "captured" }),
  void: async () => {},
};
