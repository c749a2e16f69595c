import { eq, sql } from "drizzle-orm";
import type { TicketsInput } from "../../../contracts/admin.ts";
import type { InvalidField } from "../../../contracts/problem.ts";
import type { Db } from "../../../db/client.ts";
import { events, tickets } from "../../../db/schema/catalogue.ts";
import { withTransaction } from "../../../db/transaction.ts";
import type { Deps } from "../../deps.ts";
import { DomainError } from "../../errors.ts";
import { recordAction, type Actor } from "./actor.ts";
import { lockEvent, nextVersion } from "./lock-event.ts";

/**
 * Adds rectangular sections of available tickets: rows A, B, … Z, AA, …, the first nearest to the stage; seats from 1.
 * @returns how many were made, and the event's version since then
 * @throws DomainError `not-found`; `conflict` when the event is cancelled or a section exists; `validation-failed`
 * when the currency is not that of the event's other tickets
 */
export async function addTickets(
  { db }: Pick<Deps, "db">,
  actor: Actor,
  { id, input }: { readonly id: string; readonly input: TicketsInput },
): Promise<{ eventId: string; created: number; version: number }> {
  return withTransaction(db, async (tx) => {
    const { id: eventId, status, version } = await lockEvent(tx, id);
    if (status === "cancelled") throw new DomainError("conflict", "The event is cancelled.");
    await requireFit(tx, eventId, input);
    const created = await insertTickets(tx, eventId, input);
    await tx.update(events).set(nextVersion).where(eq(events.id, eventId));
    await recordAction(tx, actor, {
      action: "event.add-tickets",
      entity: "event",
      entityId: id,
      detail: input,
    });
    return { eventId: id, created, version: version + 1 };
  });
}

async function requireFit(tx: Db, eventId: bigint, { sections }: TicketsInput): Promise<void> {
  const present = await tx
    .selectDistinct({ section: tickets.section, currency: tickets.currency })
    .from(tickets)
    .where(eq(tickets.eventId, eventId));
  const names = new Set(present.map(({ section }) => section));
  const clashing = sections.filter(({ name }) => names.has(name)).map(({ name }) => name);
  if (clashing.length > 0) {
    throw new DomainError("conflict", `These sections exist already: ${clashing.join(", ")}.`);
  }
  const currency = present[0]?.currency;
  const errors = sections.flatMap(({ price }, index): InvalidField[] => {
    if (currency === undefined || price.currency === currency) return [];
    const path = `sections.${index}.price.currency`;
    return [{ path, message: `must be ${currency}, like that of the event's other tickets` }];
  });
  if (errors.length > 0) {
    throw new DomainError("validation-failed", "Some fields are not valid.", {
      extras: { errors },
    });
  }
}

/** One statement for all of them. Identities follow the order, which is the ticket order everywhere. */
async function insertTickets(tx: Db, eventId: bigint, { sections }: TicketsInput): Promise<number> {
  const shapes = sections.map(({ name, rows, seatsPerRow, price }) => ({
    name,
    rows,
    seats: seatsPerRow,
    price: price.amount,
    currency: price.currency,
  }));
  const result = await tx.execute(sql`
    INSERT INTO tickets (event_id, section, "row", seat, row_index, seat_index, price, currency)
    SELECT ${eventId}::bigint, shape ->> 'name',
           CASE WHEN r < 26 THEN '' ELSE chr(64 + r / 26) END || chr(65 + r % 26), (s + 1)::text, r, s,
           (shape ->> 'price')::bigint, shape ->> 'currency'
    FROM jsonb_array_elements(${JSON.stringify(shapes)}::jsonb) WITH ORDINALITY AS given (shape, nth),
         generate_series(0, (shape ->> 'rows')::int - 1) AS r,
         generate_series(0, (shape ->> 'seats')::int - 1) AS s
    ORDER BY nth, r, s`);
  return Number((result as { rowCount?: number | null }).rowCount);
}
