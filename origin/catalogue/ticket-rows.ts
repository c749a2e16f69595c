import { sql } from "drizzle-orm";
import * as z from "zod";
import type { TicketStatus } from "../../contracts/events.ts";
import type { Db } from "../../db/client.ts";

/** One digit a ticket, the value of its two bits in the contract's availability. */
const statusOfDigit: Record<string, TicketStatus> = {
  "0": "available",
  "1": "held",
  "2": "booked",
  "3": "blocked",
};

const Statuses = z.tuple([z.object({ digits: z.string() })]);
const Tickets = z.tuple([z.object({ digits: z.string(), tickets: z.string() })]);

/**
 * Reads the statuses of an event's tickets, in ticket order.
 * @param held ids of locked tickets; a lock shows only on a ticket that is stored as available
 * @returns one digit a ticket, see {@link toStatuses}
 */
export async function readStatuses(
  db: Db,
  eventId: string,
  held: ReadonlySet<string>,
): Promise<string> {
  const result = await db.execute(sql`
    SELECT coalesce(string_agg(${digit(held)}, '' ORDER BY id), '') AS digits
    FROM tickets WHERE event_id = ${eventId}::bigint`);
  return Statuses.parse(rowsOf(result))[0].digits;
}

/**
 * Reads an event's tickets as the text of a JSON array of the contract's `Ticket`, in ticket order. Postgres builds
 * the text: for 60,000 tickets that leaves the process free, where mapping rows would block it.
 * @returns the text, and the statuses as {@link readStatuses} gives them
 */
export async function readTickets(
  db: Db,
  eventId: string,
  held: ReadonlySet<string>,
): Promise<{ json: string; digits: string }> {
  const result = await db.execute(sql`
    SELECT coalesce(string_agg(digit, '' ORDER BY id), '') AS digits,
           coalesce(string_agg(concat(
             '{"id":"', id, '","section":', to_json(section), ',"row":', to_json("row"), ',"seat":', to_json(seat),
             ',"price":{"amount":', price, ',"currency":"', currency,
             '"},"status":"', CASE digit WHEN '0' THEN 'available' WHEN '1' THEN 'held' ELSE status END, '"',
             CASE WHEN accessible THEN ',"accessible":true' END,
             CASE WHEN companion THEN ',"companion":true' END,
             CASE WHEN restricted_view THEN ',"restrictedView":true' END, '}'), ',' ORDER BY id), '') AS tickets
    FROM (SELECT *, ${digit(held)} AS digit FROM tickets WHERE event_id = ${eventId}::bigint) AS shown`);
  const [{ digits, tickets }] = Tickets.parse(rowsOf(result));
  return { json: `[${tickets}]`, digits };
}

/**
 * The statuses behind the digits.
 * @throws RangeError on what is no such digit
 */
export function toStatuses(digits: string): TicketStatus[] {
  return Array.from(digits, (digitOfTicket) => {
    const status = statusOfDigit[digitOfTicket];
    if (!status) throw new RangeError(`${digitOfTicket} is no ticket status`);
    return status;
  });
}

function digit(held: ReadonlySet<string>) {
  const ids = `{${[...held].join(",")}}`;
  return sql`CASE status WHEN 'booked' THEN '2' WHEN 'blocked' THEN '3'
             ELSE CASE WHEN id = ANY(${ids}::bigint[]) THEN '1' ELSE '0' END END`;
}

/** Both drivers answer with `rows`; Drizzle's common type does not say so. */
function rowsOf(result: unknown): unknown {
  return (result as { rows: unknown }).rows;
}
