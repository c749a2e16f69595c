import type { Logger } from "pino";
import type { BookingDeps } from "../bookings/booking-deps.ts";
import { takeDuePayments } from "./account.ts";
import type { PaymentProvider } from "./provider.ts";
import { settleAccount } from "./settle-account.ts";

const settledAtOnce = 20;

/**
 * Settles what is due: what a process that died left half done, and what the provider never told us. Safe in several
 * processes at once; what fails comes again later.
 * @returns whether there may be more
 */
export async function settleDue(
  deps: BookingDeps,
  provider: PaymentProvider,
  logger: Pick<Logger, "warn">,
): Promise<boolean> {
  const due = await takeDuePayments(deps.db, settledAtOnce);
  const settled = due.map((bookingId) =>
    settleAccount(deps, provider, { bookingId, requestId: "settlement" }).catch((err: unknown) => {
      logger.warn({ err, bookingId }, "a payment could not be settled");
    }),
  );
  await Promise.all(settled);
  return due.length === settledAtOnce;
}
