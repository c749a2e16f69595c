import { setTimeout as sleep } from "node:timers/promises";
import { settleAccount } from "../../payments/settle-account.ts";
import { openBookings } from "../open-bookings.ts";
import type { World } from "./world.ts";

/** Some things take two looks, and real processes settle at the same time; in between, in milliseconds. */
const looksMax = 50;
const pauseMs = 100;

/**
 * At the end, once the settlement has had its say: whoever has tickets has paid for them, once and in full; nobody else
 * has paid anything, nor has money set aside; and nothing is left to settle.
 */
export async function checkMoney(world: World): Promise<void> {
  if (!world.lab.stripe) return;
  for (let look = 1; ; look += 1) {
    await settleAll(world);
    const wrong = await findWrong(world);
    if (wrong.length === 0) return;
    if (look === looksMax) return void world.violations.push(...wrong);
    await sleep(pauseMs);
  }
}

/** Has the settlement look at everything that is not settled, as if its time had come. */
async function settleAll({ lab, eventId }: World): Promise<void> {
  const { deps, database } = lab;
  if (!deps.till) return;
  const bookings = openBookings(deps);
  const { rows } = await database.pool.query<{ id: string }>(
    `SELECT booking_id AS id FROM payments p JOIN bookings b ON b.id = p.booking_id
     WHERE b.event_id = $1 AND p.next_at IS NOT NULL ORDER BY 1`,
    [eventId],
  );
  for (const { id } of rows) {
    await settleAccount(bookings, deps.till.provider, { bookingId: id, requestId: "settlement" });
  }
}

interface Row {
  readonly id: string;
  readonly status: string;
  readonly total: number;
  readonly paymentStatus: string | null;
  readonly isOpen: boolean;
}

async function findWrong({ lab, eventId }: World): Promise<string[]> {
  const { rows } = await lab.database.pool.query<Row>(
    `SELECT b.id, b.status, b.total::int AS total, b.payment_status AS "paymentStatus", p.next_at IS NOT NULL AS "isOpen"
     FROM bookings b LEFT JOIN payments p ON p.booking_id = b.id WHERE b.event_id = $1`,
    [eventId],
  );
  return rows.flatMap(({ id, status, total, paymentStatus, isOpen }) => {
    const intents = lab.stripe?.books.of(id) ?? [];
    const taken = intents.reduce((sum, { captured, refunded }) => sum + captured - refunded, 0);
    const due = status === "confirmed" ? total : 0;
    const wrong = [
      ...(taken === due ? [] : [`${taken} was taken instead of ${due}`]),
      ...(due > 0 && paymentStatus !== "captured" ? [`recorded as ${paymentStatus}`] : []),
      ...(intents.some((it) => it.status === "requires_capture") ? ["money is set aside"] : []),
      ...(isOpen && status !== "held" ? ["a payment is not settled"] : []),
    ];
    return wrong.map((what) => `${what}: ${status} ${id}, ${JSON.stringify(intents)}`);
  });
}
