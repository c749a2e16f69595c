import { sql } from "drizzle-orm";
import * as z from "zod";
import type { Capture } from "../payments/payments.ts";
import type { BookingDeps, Caller } from "./booking-deps.ts";
import { callFunction } from "./call-function.ts";

const Settled = z.object({ outcome: z.enum(["captured", "reverted", "unchanged"]) });

/**
 * Takes the money for a confirmed booking. When the provider declines after all, the booking is a hold again.
 * May be repeated: the provider moves money once for a booking, and a settled payment is left alone.
 * @throws what the provider or the driver throws; it is then unknown whether the money was taken, so repeat it
 */
export async function settlePayment(
  { db, payments }: Pick<BookingDeps, "db" | "payments">,
  booking: { readonly bookingId: string; readonly reference: string; readonly caller: Caller },
): Promise<Capture> {
  const { bookingId, reference, caller } = booking;
  const capture = await payments.capture(bookingId, reference);
  const isCaptured = capture.status === "captured";
  await writeSettled(db, { bookingId, reference, isCaptured, requestId: caller.requestId });
  return capture;
}

/** Writes down how the payment of a booking ended; repeating it changes nothing. */
export async function writeSettled(
  db: BookingDeps["db"],
  settled: {
    readonly bookingId: string;
    readonly reference: string;
    readonly isCaptured: boolean;
    readonly requestId: string;
  },
): Promise<void> {
  const { bookingId, reference, isCaptured, requestId } = settled;
  await callFunction(
    db,
    Settled,
    sql`settle_payment(${bookingId}::uuid, ${reference}, ${isCaptured}::boolean, ${requestId})`,
  );
}
