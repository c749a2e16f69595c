import { Stripe } from "stripe";
import { afterAll, vi } from "vitest";
import type { Booking } from "../../../contracts/bookings.ts";
import { openBookings } from "../../bookings/open-bookings.ts";
import { bookingIn, createBookingClient, newUser } from "../../bookings/testing/booking-client.ts";
import { createTestOrigin } from "../../testing/test-origin.ts";
import { toObject, type Intent } from "../../testing/stripe-books.ts";
import { startStripeServer } from "../../testing/stripe-server.ts";
import { openPayments } from "../open-payments.ts";
import { settleDue } from "../settle-due.ts";

const webhookSecret = "whsec_of_the_test";
const secretKey = "sk_test_of_the_test";

/** An origin that takes money by Stripe's library, from a server that keeps Stripe's rules. */
export async function createStripeOrigin() {
  const stripe = await startStripeServer();
  afterAll(() => stripe.stop());
  const origin = await createTestOrigin(({ db }) =>
    openPayments(db, { adapter: "stripe", secretKey, webhookSecret, apiUrl: stripe.url }),
  );
  const client = createBookingClient(origin);
  const { pool } = origin.database;
  const bookings = openBookings(origin.deps);
  const warn = vi.fn<() => void>();

  /** Two seats of a row of six, held by somebody new. */
  async function hold(accept = false) {
    const event = await client.makeEvent({ rows: 1, seatsPerRow: 6 });
    const user = newUser();
    const request = { ticketIds: event.ids.slice(0, 2), ...(accept && { acceptEqualSeats: true }) };
    const booking = bookingIn(await client.place(user, event.id, request));
    return { event, user, booking };
  }
  /** The hold's time is over for everybody. */
  async function expire({ event, user, booking }: Awaited<ReturnType<typeof hold>>) {
    await client.expire(booking.id);
    const names = ["locks", "owners", `user:${user}`];
    await origin.deps.redis.del(...names.map((name) => `{${event.id}}:${name}`));
  }
  /** A message as it came, signed. */
  async function tellOf(
    payload: string,
    options: { readonly secret: string; readonly timestamp?: number } = { secret: webhookSecret },
  ) {
    const header = new Stripe(secretKey).webhooks.generateTestHeaderString({ payload, ...options });
    return origin.ask("/webhooks/stripe", {
      method: "POST",
      body: payload,
      headers: { "Stripe-Signature": header },
    });
  }
  return {
    ...client,
    origin,
    stripe,
    hold,
    expire,
    pay: (user: string, booking: Booking, paymentMethod?: string) =>
      client.call(`/bookings/${booking.id}/confirm`, {
        method: "POST",
        user,
        ...(paymentMethod !== undefined && { body: { paymentMethod } }),
      }),
    /** Runs the settlement as if its time had come, again and again until nothing is left that it could do. */
    async settle() {
      for (let round = 0; round < 4; round += 1) {
        await pool.query("UPDATE payments SET next_at = now() WHERE next_at IS NOT NULL");
        const provider = origin.deps.till?.provider;
        if (provider) await settleDue(bookings, provider, { warn });
      }
    },
    /** A message as Stripe sends it, by the library's own signature. */
    async tell(
      intent: Intent,
      options: {
        readonly type?: string;
        readonly timestamp?: number;
        readonly secret?: string;
      } = {},
    ) {
      const { type = "payment_intent.amount_capturable_updated", timestamp, secret } = options;
      const payload = JSON.stringify({
        id: "evt_1",
        object: "event",
        type,
        data: { object: toObject(intent) },
      });
      return tellOf(payload, {
        secret: secret ?? webhookSecret,
        ...(timestamp !== undefined && { timestamp }),
      });
    },
    tellOf,
    async auditOf(bookingId: string): Promise<string[]> {
      const { rows } = await pool.query<{ action: string }>(
        "SELECT action FROM audit_log WHERE entity = 'booking' AND entity_id = $1 ORDER BY id",
        [bookingId],
      );
      return rows.map(({ action }) => action);
    },
    async accountOf(bookingId: string) {
      const { rows } = await pool.query<{ status: string; attempt: number; isOpen: boolean }>(
        `SELECT status, attempt, next_at IS NOT NULL AS "isOpen" FROM payments WHERE booking_id = $1`,
        [bookingId],
      );
      return rows[0];
    },
  };
}
