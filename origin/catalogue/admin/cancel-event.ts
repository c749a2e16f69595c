import { eq, sql } from "drizzle-orm";
import type { Event } from "../../../contracts/events.ts";
import { eventCancellations } from "../../../db/schema/bookings.ts";
import { events } from "../../../db/schema/catalogue.ts";
import { withTransaction } from "../../../db/transaction.ts";
import type { Deps } from "../../deps.ts";
import { recordAction, type Actor } from "./actor.ts";
import { lockEvent, nextVersion, writtenEvent } from "./lock-event.ts";
import type { Written } from "./revision.ts";

/**
 * Ends the sale of an event for good: nothing can be held any more, and holds cannot be confirmed. Its bookings end
 * soon after, and what was paid for them goes back (`end-cancelled.ts`). Doing it again changes nothing, but has any
 * booking found that was left, as after an import that only stopped the sale.
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
    await tx
      .insert(eventCancellations)
      .values({ eventId: row.id, actor: actor.userId, requestId: actor.requestId })
      .onConflictDoUpdate({ target: eventCancellations.eventId, set: { nextAt: sql`now()` } });
    return writtenEvent(tx, row.id);
  });
}
