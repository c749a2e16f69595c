import { eq } from "drizzle-orm";
import type { Event } from "../../../contracts/events.ts";
import { events } from "../../../db/schema/catalogue.ts";
import { withTransaction } from "../../../db/transaction.ts";
import type { Deps } from "../../deps.ts";
import { recordAction, type Actor } from "./actor.ts";
import { lockEvent, nextVersion, writtenEvent } from "./lock-event.ts";
import type { Written } from "./revision.ts";

/**
 * Ends the sale of an event for good: nothing can be held any more, and holds cannot be confirmed. Confirmed bookings
 * stay, for refunds. Doing it again changes nothing.
 * @throws DomainError `not-found`
 */
export async function cancelEvent(
  { db }: Pick<Deps, "db">,
  actor: Actor,
  { id }: { readonly id: string },
): Promise<Written<Event>> {
  return withTransaction(db, async (tx) => {
    const row = await lockEvent(tx, id);
    if (row.status !== "cancelled") {
      await tx
        .update(events)
        .set({ status: "cancelled", ...nextVersion })
        .where(eq(events.id, row.id));
      await recordAction(tx, actor, {
        action: "event.cancel",
        entity: "event",
        entityId: id,
        detail: { was: row.status },
      });
    }
    return writtenEvent(tx, row.id);
  });
}
