import { sql } from "drizzle-orm";
import * as z from "zod";
import type { Db } from "../../db/client.ts";
import type { TicketLocks } from "../locks/ticket-locks.ts";
import { rowsOf } from "./call-function.ts";
import { Remembered } from "./remembered.ts";
import { openGroups, pickAlternatives } from "./alternatives.ts";
import { none, toSeating, type Seating, type Taken } from "./seating.ts";

/** Seats that are kept in memory at most; some 150 bytes each. */
const seatsMax = 400_000;
/** Sold seats that come back on sale elsewhere may be overlooked for so long, in milliseconds; never when it matters. */
const soldFreshMs = 5_000;
const heldFreshMs = 100;
/** What was free so long ago, in milliseconds, may still be offered: it is a hint. */
const alternativesFreshMs = 250;

export interface Seatings {
  /** @param version of the event: a newer one than is remembered is loaded */
  read(eventId: string, version: number): Promise<Seating>;
  /**
   * What cannot be had: locked, held, booked or blocked.
   * @param since `lately` for a good guess; `held` to know all locks up to this call; `all` to know sales, too
   */
  readTaken(eventId: string, seating: Seating, since: Since): Promise<Taken>;
  /**
   * What to offer instead of tickets that are not available: groups of as many, at the same prices, close by.
   * @param bookingId spreads buyers who were refused the same tickets
   */
  findAlternatives(
    eventId: string,
    version: number,
    ticketIds: readonly string[],
    bookingId: string,
  ): Promise<string[][]>;
}

/** How much of what is taken has to be known. */
export type Since = "lately" | "held" | "all";

const StoredSeat = z.object({
  id: z.string(),
  section: z.string(),
  rowIndex: z.int(),
  seatIndex: z.int(),
  price: z.coerce.number(),
  isReserved: z.boolean(),
  isRestricted: z.boolean(),
});

/**
 * Keeps the seats of the events that are asked for, and for a moment what is taken of them, so that choosing seats
 * costs Postgres next to nothing.
 * @param now a clock in milliseconds that never jumps
 */
export function createSeatings(db: Db, locks: TicketLocks, now: () => number): Seatings {
  const seatings = new Remembered<Seating>({
    load: (eventId) => loadSeating(db, eventId),
    freshMs: () => Number.POSITIVE_INFINITY,
    weight: ({ seats }) => seats.length + 1,
    weightMax: seatsMax,
    now,
  });
  const sold = remembered((eventId) => loadSold(db, eventId), soldFreshMs, now);
  const held = remembered((eventId) => locks.readHeldTickets(eventId), heldFreshMs, now);
  const read = async (eventId: string, version: number) => {
    const known = await seatings.read(eventId);
    return known.version >= version ? known : seatings.readNew(eventId);
  };
  const readTaken = async (eventId: string, { seats, placeOf }: Seating, since: Since) => {
    const [soldIds, heldIds] = await Promise.all([
      since === "all" ? sold.readNew(eventId) : sold.read(eventId),
      since === "lately" ? held.read(eventId) : held.readNew(eventId),
    ]);
    const taken = new Uint8Array(seats.length);
    for (const ids of [soldIds, heldIds]) {
      for (const id of ids) {
        const place = placeOf.get(id);
        if (place !== undefined) taken[place] = 1;
      }
    }
    return taken;
  };
  /** By a JSON key: event, version, quantity, section (null: any), prices. */
  const open = new Remembered<string[][]>({
    async load(key) {
      const [eventId, version, quantity, section, prices] = OpenKey.parse(JSON.parse(key));
      const seating = await read(eventId, version);
      const taken = await readTaken(eventId, seating, "lately");
      return openGroups(seating, taken, quantity, new Set(prices), section ?? undefined);
    },
    freshMs: () => alternativesFreshMs,
    weight: (groups) => groups.flat().length + 1,
    weightMax: seatsMax,
    now,
  });
  return {
    read,
    readTaken,
    async findAlternatives(eventId, version, ticketIds, bookingId) {
      const seating = await read(eventId, version);
      const wanted = ticketIds.flatMap(
        (id) => seating.seats[seating.placeOf.get(id) ?? none] ?? [],
      );
      const [first] = wanted;
      if (!first) return [];
      const prices = [...new Set(wanted.map(({ price }) => price))].sort((a, b) => a - b);
      for (const section of [first.section, null]) {
        const key = JSON.stringify([eventId, version, ticketIds.length, section, prices]);
        const groups = await open.read(key);
        const spread = Number.parseInt(bookingId.slice(0, 6), 16);
        if (groups.length > 0) return pickAlternatives(seating, groups, first, spread);
      }
      return [];
    },
  };
}

const OpenKey = z.tuple([z.string(), z.int(), z.int(), z.string().nullable(), z.array(z.number())]);

function remembered(
  load: (eventId: string) => Promise<string[]>,
  freshMs: number,
  now: () => number,
): Remembered<string[]> {
  const weight = (ids: readonly string[]) => ids.length + 1;
  return new Remembered({ load, freshMs: () => freshMs, weight, weightMax: seatsMax, now });
}

async function loadSeating(db: Db, eventId: string): Promise<Seating> {
  const [row] = rowsOf<{ version: number; seats: unknown }>(
    await db.execute(sql`
      SELECT version, (
        SELECT coalesce(json_agg(json_build_object(
          'id', id::text, 'section', section, 'rowIndex', row_index, 'seatIndex', seat_index, 'price', price,
          'isReserved', accessible OR companion, 'isRestricted', restricted_view)), '[]')
        FROM tickets WHERE event_id = events.id) AS seats
      FROM events WHERE id = ${eventId}`),
  );
  return toSeating(row?.version ?? 0, z.array(StoredSeat).parse(row?.seats ?? []));
}

/** Locks are not asked here, but holds are: Redis may have lost its locks. */
async function loadSold(db: Db, eventId: string): Promise<string[]> {
  const [row] = rowsOf<{ ids: string[] }>(
    await db.execute(sql`
      SELECT array(
        SELECT id::text FROM tickets WHERE event_id = ${eventId} AND status <> 'available'
        UNION ALL
        SELECT c.ticket_id::text FROM bookings b JOIN booking_tickets c ON c.booking_id = b.id AND c.live
        WHERE b.event_id = ${eventId} AND b.status = 'held' AND b.expires_at > now()) AS ids`),
  );
  return z.array(z.string()).parse(row?.ids ?? []);
}
