import type { EventInput } from "../../../contracts/admin.ts";
import type { Event } from "../../../contracts/events.ts";
import { events } from "../../../db/schema/catalogue.ts";
import { withTransaction } from "../../../db/transaction.ts";
import type { Deps } from "../../deps.ts";
import { recordAction, type Actor } from "./actor.ts";
import { requireReferences, toLineUp, writeLineUp } from "./line-up.ts";
import { writtenEvent } from "./lock-event.ts";
import type { Written } from "./revision.ts";
import { onlyRow } from "./rows.ts";

/**
 * Adds an event, without tickets.
 * @throws DomainError `validation-failed` when the venue or a performer is unknown
 */
export async function createEvent(
  { db }: Pick<Deps, "db">,
  actor: Actor,
  input: EventInput,
): Promise<Written<Event>> {
  const { performerIds = [], ticketLimit, ...fields } = input;
  return withTransaction(db, async (tx) => {
    await requireReferences(tx, input);
    const { id } = onlyRow(
      await tx
        .insert(events)
        .values({
          ...fields,
          venueId: BigInt(input.venueId),
          performerId: BigInt(input.performerId),
          startsAt: new Date(input.startsAt),
          endsAt: new Date(input.endsAt),
          onSaleAt: new Date(input.onSaleAt),
          ...(ticketLimit !== undefined && { ticketLimit }),
        })
        .returning({ id: events.id }),
    );
    await writeLineUp(tx, id, toLineUp(input.performerId, performerIds));
    await recordAction(tx, actor, {
      action: "event.create",
      entity: "event",
      entityId: String(id),
      detail: input,
    });
    return writtenEvent(tx, id);
  });
}
