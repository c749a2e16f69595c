import { sql } from "drizzle-orm";
import * as z from "zod";
import type { Db } from "../../db/client.ts";
import { callFunction, rowsOf } from "../bookings/call-function.ts";
import type { BookingState } from "./decide-payment.ts";

const Status = z.enum([
  "begun",
  "open",
  "authorised",
  "captured",
  "declined",
  "voiding",
  "voided",
  "refunded",
]);
export type AccountStatus = z.infer<typeof Status>;

const Begun = z.discriminatedUnion("outcome", [
  z.object({ outcome: z.literal("booking-not-found") }),
  z.object({ outcome: z.literal("ended"), status: z.enum(["released", "cancelled"]) }),
  z.object({ outcome: z.literal("paid"), reference: z.string() }),
  z.object({ outcome: z.literal("free") }),
  z.object({
    outcome: z.literal("begun"),
    attempt: z.int(),
    status: Status,
    reference: z.string().nullable(),
    total: z.number(),
    currency: z.string(),
  }),
]);

const Account = z.object({
  bookingId: z.string(),
  userId: z.string(),
  attempt: z.int(),
  reference: z.string().nullable(),
  status: Status,
  amount: z.number(),
  currency: z.string(),
  booking: z.enum(["held", "expired", "confirmed", "ended"] satisfies BookingState[]),
  /** Of the hold; 0 once it is over. */
  endsInMs: z.number(),
});
/** What is known of a booking's payment. */
export type Account = z.infer<typeof Account>;

/** What was learned about an attempt. */
export interface Learned {
  readonly bookingId: string;
  readonly attempt: number;
  readonly reference: string | null;
  readonly status: Exclude<AccountStatus, "begun" | "voiding">;
  /** When the settlement looks again, from now; null: there is nothing left to do. */
  readonly againInMs: number | null;
  readonly requestId?: string | undefined;
}

/** Opens the account of a booking, before the provider is asked for anything. */
export function beginPayment(db: Db, bookingId: string, userId: string) {
  return callFunction(db, Begun, sql`begin_payment(${bookingId}::uuid, ${userId})`);
}

/** What a booking is for, as its buyer reads it at the provider, such as "2 × Quartet of Strings". */
export async function describePurchase(db: Db, bookingId: string): Promise<string> {
  const [row] = rowsOf<{ title: string }>(
    await db.execute(sql`
      SELECT (SELECT count(*) FROM booking_tickets WHERE booking_id = b.id) || ' × ' || e.name AS title
      FROM bookings b JOIN events e ON e.id = b.event_id WHERE b.id = ${bookingId}::uuid`),
  );
  return row?.title ?? bookingId;
}

/** Writes down what the provider said; twice or too late it changes nothing, and says so. */
export function recordPayment(db: Db, learned: Learned): Promise<boolean> {
  const { bookingId, attempt, reference, status, againInMs, requestId } = learned;
  const seconds = againInMs === null ? null : againInMs / 1_000;
  return callFunction(
    db,
    z.boolean(),
    sql`record_payment(${bookingId}::uuid, ${attempt}::int, ${reference}, ${status},
      make_interval(secs => ${seconds}::float8), ${requestId ?? null})`,
  );
}

/** Whether the payment may be given up: from then on it pays for nothing any more. */
export function giveUpPayment(db: Db, bookingId: string, reference: string): Promise<boolean> {
  return callFunction(db, z.boolean(), sql`give_up_payment(${bookingId}::uuid, ${reference})`);
}

export function readPayment(db: Db, bookingId: string): Promise<Account | null> {
  return callFunction(db, Account.nullable(), sql`read_payment(${bookingId}::uuid)`);
}

/** Takes bookings whose payments are due for a look; other processes leave them alone for a while. */
export function takeDuePayments(db: Db, most: number): Promise<string[]> {
  return callFunction(db, z.array(z.string()), sql`take_due_payments(${most}::int)`);
}
