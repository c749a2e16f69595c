import type { Db } from "../../../db/client.ts";
import { insertEvent, insertTickets } from "../../../db/testing/factories.ts";
import type { TestDatabase } from "../../../db/testing/database.ts";
import { foldSeatMessages, SeatMessage } from "../../outbox/seat-changes.ts";
import { createStoreConfirm, type ConfirmCall } from "../store-confirm.ts";
import { createStoreHold, type HoldCall } from "../store-hold.ts";

/** A booking's id that is the same in every world. */
export const bookingNo = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
export const requestHash = "0".repeat(64);

/**
 * The same event, with the same ids, in a database of its own: what is done to one world can be compared with what is
 * done to another.
 */
export async function openStepWorld({ database: { db, pool } }: TestDatabase) {
  const now = () => performance.now();
  const hold = createStoreHold({ db, holdSeconds: 600, holdSecondsMax: 2_400 }, now);
  const confirm = createStoreConfirm(db, now);
  const event = await insertEvent(db, { ticketLimit: 4 });
  const ids = (await insertTickets(db, event, { rows: 5, seatsPerRow: 8 })).map(
    ({ id }) => `${id}`,
  );
  const [euros] = await insertTickets(db, event, {
    sections: ["E"],
    rows: 1,
    seatsPerRow: 1,
    currency: "EUR",
  });
  // One after the other: their ids are compared between two databases.
  const closed = [
    await otherEvent(db, { status: "draft" }),
    await otherEvent(db, { onSaleAt: new Date(Date.now() + 3_600_000) }),
    await otherEvent(db, { status: "cancelled" }),
  ];

  const holdCall = (
    n: number,
    userId: string,
    tickets: readonly string[],
    more: Partial<HoldCall> = {},
  ): HoldCall => ({
    bookingId: bookingNo(n),
    eventId: `${event.id}`,
    userId,
    ticketIds: tickets,
    requestId: `hold-${n}`,
    ...more,
  });
  const confirmCall = (n: number, userId: string, keepsAccount = false): ConfirmCall => ({
    bookingId: bookingNo(n),
    userId,
    requestId: `confirm-${n}`,
    status: "captured",
    reference: `paid-${n}`,
    keepsAccount,
  });

  return {
    ids,
    euros: `${euros?.id}`,
    closed,
    hold,
    confirm,
    holdCall,
    confirmCall,
    sql: (text: string, values: unknown[] = []) => pool.query(text, values),
    expire: (n: number) =>
      pool.query("UPDATE bookings SET expires_at = now() - interval '1 second' WHERE id = $1", [
        bookingNo(n),
      ]),
    /** All that is stored of bookings, without times. */
    async stored() {
      const read = async (text: string) => (await pool.query(text)).rows as unknown[];
      const messages = await pool.query<{ id: string; payload: unknown }>(
        "SELECT id::text, payload FROM outbox ORDER BY outbox.id",
      );
      const folded = foldSeatMessages(
        messages.rows.map(({ id, payload }) => ({ id, payload: SeatMessage.parse(payload) })),
      );
      return {
        bookings: await read(
          `SELECT id, event_id, user_id, status, total, currency, confirmed_at IS NULL AS a, ended_at IS NULL AS b,
             payment_status, payment_reference, extendable_until - created_at AS c FROM bookings ORDER BY id`,
        ),
        claims: await read("SELECT * FROM booking_tickets ORDER BY booking_id, ticket_id"),
        tickets: await read("SELECT * FROM tickets ORDER BY id"),
        keys: (
          await read(
            "SELECT user_id, key, request_hash, status, body FROM idempotency_keys ORDER BY user_id, key",
          )
        ).map(withoutTimes),
        audit: await read(
          `SELECT actor, action, entity, entity_id, request_id, detail FROM audit_log
           ORDER BY entity_id, action, request_id`,
        ),
        seats: folded.map(({ eventId, available, held, booked }) => ({
          eventId,
          available: available.toSorted(),
          held: held.toSorted(),
          booked: booked.toSorted(),
        })),
      };
    },
  };
}

export type StepWorld = Awaited<ReturnType<typeof openStepWorld>>;

/** What differs between two runs of the same: instants, and what is left of a hold. */
export function withoutTimes(value: unknown): unknown {
  if (value instanceof Date) return "a time";
  if (Array.isArray(value)) return value.map(withoutTimes);
  if (typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value)) return "a time";
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === "ms" && item !== null ? "a time" : withoutTimes(item),
    ]),
  );
}

async function otherEvent(db: Db, fields: Parameters<typeof insertEvent>[1]) {
  const event = await insertEvent(db, fields);
  const [ticket] = await insertTickets(db, event, { rows: 1, seatsPerRow: 1 });
  return { eventId: `${event.id}`, ticketId: `${ticket?.id}` };
}
