import { sql } from "drizzle-orm";
import * as z from "zod";
import type { Db } from "../../db/client.ts";
import { rowsOf } from "./call-function.ts";
import { Remembered } from "./remembered.ts";

/** How long what was read may be used, in milliseconds. Postgres looks again before anything is sold. */
const freshMsOpen = 5_000;
const freshMsShut = 1_000;
const eventsMax = 5_000;

const EventSale = z.object({
  /** `unknown`: there is no such event for buyers. */
  sale: z.enum(["open", "not-yet", "over", "cancelled", "unknown"]),
  version: z.int(),
  ticketLimit: z.int(),
  opensInMs: z.coerce.number(),
});

/** What has to be known about an event before any of its tickets is touched. */
export type EventSale = z.infer<typeof EventSale>;

export interface EventSales {
  read(eventId: string): Promise<EventSale>;
}

/**
 * Remembers for a moment what was read, so that a storm of refusals asks Postgres about once in five seconds.
 * @param now a clock in milliseconds that never jumps
 */
export function createEventSales(db: Db, now: () => number): EventSales {
  return new Remembered<EventSale>({
    load: (eventId) => load(db, eventId),
    freshMs,
    weight: () => 1,
    weightMax: eventsMax,
    now,
  });
}

/** A sale that opens is not kept shut by what was remembered. */
function freshMs({ sale, opensInMs }: EventSale): number {
  if (sale === "open") return freshMsOpen;
  return sale === "not-yet" ? Math.min(freshMsShut, opensInMs) : freshMsShut;
}

/** By the database's clock, as everything about time. */
async function load(db: Db, eventId: string): Promise<EventSale> {
  const [row] = rowsOf(
    await db.execute(sql`
      SELECT CASE WHEN status = 'draft' THEN 'unknown' WHEN status = 'cancelled' THEN 'cancelled'
                  WHEN on_sale_at > now() THEN 'not-yet' WHEN ends_at <= now() THEN 'over' ELSE 'open' END AS sale,
             version, ticket_limit AS "ticketLimit", ceil(extract(epoch FROM on_sale_at - now()) * 1000) AS "opensInMs"
      FROM events WHERE id = ${eventId}`),
  );
  if (row === undefined) return { sale: "unknown", version: 0, ticketLimit: 0, opensInMs: 0 };
  return EventSale.parse(row);
}
