import { settleAccount } from "../../payments/settle-account.ts";
import { openBookings } from "../open-bookings.ts";
import type { World } from "./world.ts";

/** Some things take two looks: an open payment is called off only once its hold is over. */
const looksMax = 4;

/**
 * At the end, once the settlement has had its say: whoever has tickets has paid for them, once and in full; nobody else
 * has paid anything, nor has money set aside; and nothing is left to settle.
 */
export async function checkMoney(world: World): Promise<void> {
  const { lab, eventId, violations } = world;
  const { stripe, deps, database } = lab;
  if (!stripe || !deps.till) return;
  const bookings = openBookings(deps);
  for (let look = 0; look < looksMax; look += 1) {
    const { rows: open } = await database.pool.query<{ id: string }>(
      `SELECT booking_id AS id FROM payments p JOIN bookings b ON b.id = p.booking_id
       WHERE b.event_id = $1 AND p.next_at IS NOT NULL ORDER BY 1`,
      [eventId],
    );
    for (const { id } of open) {
      await settleAccount(bookings, deps.till.provider, { bookingId: id, requestId: "settlement" });
    }
  }
  const { rows } = await database.pool.query<Row>(
    `SELECT b.id, b.status, b.total::int AS total, b.payment_status AS "paymentStatus", p.next_at IS NOT NULL AS "isOpen"
     FROM bookings b LEFT JOIN payments p ON p.booking_id = b.id WHERE b.event_id = $1`,
    [eventId],
  );
  for (const { id, status, total, paymentStatus, isOpen } of rows) {
    const intents = stripe.books.of(id);
    const taken = intents.reduce((sum, { captured, refunded }) => sum + captured - refunded, 0);
    const asides = intents.filter((intent) => intent.status === "requires_capture");
    const say = (what: string) =>
      violations.push(`${what}: ${status} ${id}, ${JSON.stringify(intents)}`);
    if (taken !== (status === "confirmed" ? total : 0))
      say(`${taken} was taken instead of ${total}`);
    if (status === "confirmed" && paymentStatus !== "captured") say(`recorded as ${paymentStatus}`);
    if (asides.length > 0) say("money is still set aside");
    if (isOpen && status !== "held") say("a payment is not settled");
  }
}

interface Row {
  readonly id: string;
  readonly status: string;
  readonly total: number;
  readonly paymentStatus: string | null;
  readonly isOpen: boolean;
}
