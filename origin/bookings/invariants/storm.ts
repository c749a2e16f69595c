import { Booking } from "../../../contracts/bookings.ts";
import { insertEvent, insertTickets } from "../../../db/testing/factories.ts";
import { createApp } from "../../app.ts";
import { signRequest, type EdgeRequest } from "../../testing/sign-request.ts";
import type { Lab } from "./lab.ts";

/** Seats below this number are left to whoever looks on. */
export const firstOfStorm = 20;
const buyers = 8;

export interface Storm {
  readonly eventId: bigint;
  place(user: string, seat: number): Promise<{ readonly status: number; readonly booking: string }>;
  /** Places a hold and gives it back at once. @returns the status of the first */
  probe(): Promise<number>;
  /** @returns the status */
  confirm(user: string, bookingId: string): Promise<number>;
  /** Sends the buyers. @returns what calls them off, and gives the statuses that nobody should have seen */
  begin(): () => Promise<readonly number[]>;
  countConfirmed(): Promise<number>;
  /** Tickets with two owners, by a statement of its own; empty when all is well. */
  findSoldTwice(): Promise<readonly unknown[]>;
}

/** An event with many seats, and buyers who hold and confirm them as fast as they can. */
export async function openStorm(lab: Lab, seatCount: number): Promise<Storm> {
  const app = createApp(lab.deps);
  const { database, venueId, performerId } = lab;
  const { pool } = database;
  const event = await insertEvent(database.db, { venueId, performerId });
  const seats = await insertTickets(database.db, event, { rows: 10, seatsPerRow: seatCount / 10 });
  const ask = async (path: string, request: EdgeRequest) => {
    const { signingKeys } = lab.deps;
    return app.fetch(await signRequest({ signingKeys, issuer: lab.issuer }, path, request));
  };
  const place = async (user: string, seat: number) => {
    const body = { ticketIds: [String(seats[seat]?.id)] };
    const res = await ask(`/bookings/${event.id}`, { method: "POST", user, body });
    const answer: unknown = await res.json();
    return { status: res.status, booking: res.ok ? Booking.parse(answer).id : "" };
  };
  const confirm = async (user: string, id: string) =>
    (await ask(`/bookings/${id}/confirm`, { method: "POST", user })).status;
  const probe = async () => {
    const { status, booking } = await place("probe", firstOfStorm - 1);
    if (status === 201) await ask(`/bookings/${booking}`, { method: "DELETE", user: "probe" });
    return status;
  };
  const begin = () => {
    const state = { isOver: false };
    const unexpected = new Set<number>();
    const running = Array.from({ length: buyers }, async (_, buyer) => {
      for (let turn = 0; !state.isOver; turn += 1) {
        const user = `storm-${buyer}-${turn}`;
        // Two buyers in four want the same seat at about the same time.
        const wanted = turn * (buyers / 2) + (buyer % (buyers / 2));
        const seat = firstOfStorm + (wanted % (seatCount - firstOfStorm));
        const { status, booking } = await place(user, seat);
        if (![201, 409, 503].includes(status)) unexpected.add(status);
        if (status !== 201) continue;
        const confirmed = await confirm(user, booking);
        if (confirmed !== 200) unexpected.add(confirmed);
      }
    });
    return async () => {
      state.isOver = true;
      await Promise.all(running);
      return [...unexpected];
    };
  };
  return {
    eventId: event.id,
    place,
    probe,
    confirm,
    begin,
    async countConfirmed() {
      const { rows } = await pool.query<{ count: number }>(
        "SELECT count(*)::int AS count FROM bookings WHERE event_id = $1 AND status = 'confirmed'",
        [event.id],
      );
      return rows[0]?.count ?? 0;
    },
    async findSoldTwice() {
      const { rows } = await pool.query(
        `SELECT c.ticket_id FROM booking_tickets c JOIN bookings b ON b.id = c.booking_id
         WHERE b.event_id = $1 AND (b.status = 'confirmed' OR b.status = 'held' AND b.expires_at > now())
         GROUP BY 1 HAVING count(*) > 1
         UNION ALL
         SELECT t.id FROM tickets t JOIN bookings b ON b.id = t.booking_id
         WHERE t.event_id = $1 AND (t.status <> 'booked' OR b.status <> 'confirmed')`,
        [event.id],
      );
      return rows;
    },
  };
}
