import { afterAll, expect, inject, test } from "vitest";
import { Booking } from "../../../contracts/bookings.ts";
import { makeTestFolder, startTestGateway, startTestRedis } from "../../../dev/testing/parts.ts";
import { insertEvent, insertTickets } from "../../../db/testing/factories.ts";
import { signRequest, type EdgeRequest } from "../../testing/sign-request.ts";
import { createApp } from "../../app.ts";
import { openLab } from "./lab.ts";

const folder = makeTestFolder();
const first = await startTestRedis(folder);
const port = Number(new URL(first.redisUrl).port);
const gateway = await startTestGateway(folder, first.redisUrl);
const lab = await openLab({
  serverUrl: inject("databaseUrl"),
  upstashUrl: gateway.upstashUrl,
  upstashToken: gateway.upstashToken,
});
const app = createApp(lab.deps);
let redis = first;
afterAll(async () => {
  await lab.close();
  await gateway.stop();
  await redis.stop();
  folder.remove();
});

const settings = { timeout: 180_000 };
const seatCount = 400;
const buyers = 8;

test(
  "Redis is killed in a storm: new holds are 503, holds are confirmed; it comes back: holds go on, same process",
  settings,
  async () => {
    const { eventId, place, confirm, storm } = await openEvent();
    const held = await Promise.all([0, 1, 2, 3].map((seat) => place(`early-${seat}`, seat)));
    expect(held.map(({ status }) => status)).toEqual([201, 201, 201, 201]);

    const stop = storm();
    redis.kill("SIGKILL");
    await expect.poll(() => place("probe", 10).then(({ status }) => status), settings).toBe(503);
    const refused = await Promise.all([11, 12, 13].map((seat) => place(`down-${seat}`, seat)));
    expect(refused.map(({ status }) => status)).toEqual([503, 503, 503]);
    const confirmed = await Promise.all(
      held.map(({ booking }, at) => confirm(`early-${at}`, booking)),
    );
    expect(confirmed).toEqual([200, 200, 200, 200]);

    redis = await startTestRedis(folder, { port });
    await expect.poll(() => place("probe", 10).then(({ status }) => status), settings).toBe(201);
    await stop();
    expect(await soldTwice(eventId)).toEqual([]);
  },
);

test("Redis is flushed in a storm again and again: no seat has two owners", settings, async () => {
  const { eventId, storm } = await openEvent();
  const stop = storm();
  for (let flushed = 0; flushed < 20; flushed += 1) {
    const before = await countBookings(eventId);
    await lab.redis.flushall();
    // Each time only once the storm has gone on.
    const isFull = before >= seatCount;
    if (isFull) break;
    await expect.poll(() => countBookings(eventId), settings).toBeGreaterThan(before);
  }
  await stop();
  expect(await countBookings(eventId)).toBeGreaterThan(20);
  expect(await soldTwice(eventId)).toEqual([]);
});

/** An event with many seats, and buyers who hold and confirm them as fast as they can. */
async function openEvent() {
  const { database, venueId, performerId } = lab;
  const event = await insertEvent(database.db, { venueId, performerId });
  const seats = await insertTickets(database.db, event, { rows: 10, seatsPerRow: seatCount / 10 });
  const place = async (user: string, seat: number) => {
    const body = { ticketIds: [String(seats[seat]?.id)] };
    const res = await ask(`/bookings/${event.id}`, { method: "POST", user, body });
    const answer: unknown = await res.json();
    return { status: res.status, booking: res.ok ? Booking.parse(answer).id : "" };
  };
  const confirm = async (user: string, id: string) =>
    (await ask(`/bookings/${id}/confirm`, { method: "POST", user })).status;
  /** @returns what ends it; statuses that nobody should see are thrown then */
  const storm = () => {
    const state = { isOver: false };
    const unexpected = new Set<number>();
    const running = Array.from({ length: buyers }, async (_, buyer) => {
      for (let turn = 0; !state.isOver; turn += 1) {
        const user = `storm-${buyer}-${turn}`;
        // Two buyers in four want the same seat at about the same time.
        const seat = 20 + ((turn * (buyers / 2) + (buyer % (buyers / 2))) % (seatCount - 20));
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
      expect([...unexpected]).toEqual([]);
    };
  };
  return { eventId: event.id, place, confirm, storm };
}

async function ask(path: string, request: EdgeRequest): Promise<Response> {
  const { signingKeys } = lab.deps;
  return app.fetch(await signRequest({ signingKeys, issuer: lab.issuer }, path, request));
}

async function countBookings(eventId: bigint): Promise<number> {
  const { rows } = await lab.database.pool.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM bookings WHERE event_id = $1 AND status = 'confirmed'",
    [eventId],
  );
  return rows[0]?.count ?? 0;
}

async function soldTwice(eventId: bigint): Promise<unknown[]> {
  const { rows } = await lab.database.pool.query(
    `SELECT c.ticket_id FROM booking_tickets c JOIN bookings b ON b.id = c.booking_id
     WHERE b.event_id = $1 AND (b.status = 'confirmed' OR b.status = 'held' AND b.expires_at > now())
     GROUP BY 1 HAVING count(*) > 1
     UNION ALL
     SELECT t.id FROM tickets t JOIN bookings b ON b.id = t.booking_id
     WHERE t.event_id = $1 AND (t.status <> 'booked' OR b.status <> 'confirmed')`,
    [eventId],
  );
  return rows;
}
