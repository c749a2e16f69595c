import { and, eq, inArray } from "drizzle-orm";
import type { EventPatch } from "../../../contracts/admin.ts";
import type { Event } from "../../../contracts/events.ts";
import type { Db } from "../../../db/client.ts";
import { bookings } from "../../../db/schema/bookings.ts";
import { events } from "../../../db/schema/catalogue.ts";
import { withTransaction } from "../../../db/transaction.ts";
import type { Deps } from "../../deps.ts";
import { DomainError } from "../../errors.ts";
import { recordAction, type Actor } from "./actor.ts";
import { readOthers, requireReferences, toLineUp, writeLineUp } from "./line-up.ts";
import { lockEvent, nextVersion, writtenEvent } from "./lock-event.ts";
import { requireRevision, type Written } from "./revision.ts";

type EventRow = typeof events.$inferSelect;

/**
 * Changes an event and counts its version up.
 * @param change.ifMatch the caller's `If-Match`: the version, or the tag of the event's view
 * @throws DomainError `not-found`; `precondition-failed`; `validation-failed` when a reference is unknown or it would
 * end before it starts; `conflict` when its status can no longer be changed so
 */
export async function updateEvent(
  { db }: Pick<Deps, "db">,
  actor: Actor,
  change: { readonly id: string; readonly patch: EventPatch; readonly ifMatch: string | undefined },
): Promise<Written<Event>> {
  const { id, patch, ifMatch } = change;
  return withTransaction(db, async (tx) => {
    const row = await lockEvent(tx, id);
    requireRevision(ifMatch, String(row.version));
    requireOrder(row, patch);
    await requireStatusChange(tx, row, patch.status);
    await requireReferences(tx, patch);
    const { venueId, performerId, performerIds, startsAt, endsAt, onSaleAt, ...fields } = patch;
    await tx
      .update(events)
      .set({
        ...fields,
        ...(venueId !== undefined && { venueId: BigInt(venueId) }),
        ...(performerId !== undefined && { performerId: BigInt(performerId) }),
        ...(startsAt !== undefined && { startsAt: new Date(startsAt) }),
        ...(endsAt !== undefined && { endsAt: new Date(endsAt) }),
        ...(onSaleAt !== undefined && { onSaleAt: new Date(onSaleAt) }),
        ...nextVersion,
      })
      .where(eq(events.id, row.id));
    if (performerId !== undefined || performerIds !== undefined) {
      const others = performerIds ?? (await readOthers(tx, row.id, row.performerId));
      await writeLineUp(tx, row.id, toLineUp(performerId ?? String(row.performerId), others));
    }
    await recordAction(tx, actor, {
      action: "event.update",
      entity: "event",
      entityId: id,
      detail: patch,
    });
    return writtenEvent(tx, row.id);
  });
}

function requireOrder(row: EventRow, patch: EventPatch): void {
  const startsAt = patch.startsAt === undefined ? row.startsAt : new Date(patch.startsAt);
  const endsAt = patch.endsAt === undefined ? row.endsAt : new Date(patch.endsAt);
  if (startsAt < endsAt) return;
  const path = patch.endsAt === undefined ? "startsAt" : "endsAt";
  const message = path === "endsAt" ? "must be after startsAt" : "must be before endsAt";
  throw new DomainError("validation-failed", "Some fields are not valid.", {
    extras: { errors: [{ path, message }] },
  });
}

/** What was cancelled stays so, and what people have bought does not vanish. */
async function requireStatusChange(
  tx: Db,
  row: EventRow,
  status: EventPatch["status"],
): Promise<void> {
  if (status === undefined || status === row.status) return;
  if (row.status === "cancelled") {
    throw new DomainError("conflict", "The event is cancelled and stays so.");
  }
  if (status === "draft" && (await hasBookings(tx, row.id))) {
    throw new DomainError("conflict", "The event has bookings: it can only be cancelled.");
  }
}

async function hasBookings(tx: Db, eventId: bigint): Promise<boolean> {
  const found = await tx
    .select({ id: bookings.id })
    .from(bookings)
    .where(and(eq(bookings.eventId, eventId), inArray(bookings.status, ["held", "confirmed"])))
    .limit(1);
  return found.length > 0;
}
