import { and, desc, eq, gt, ne, sql } from "drizzle-orm";
import type { SeatingPlan, SeatingPlanChange } from "../../../contracts/seating-plan.ts";
import type { Db } from "../../../db/client.ts";
import { events, venues } from "../../../db/schema/catalogue.ts";
import { type PlacedSeat, venuePlans } from "../../../db/schema/venue-plans.ts";
import { withTransaction } from "../../../db/transaction.ts";
import { recordAction, type Actor } from "../admin/actor.ts";
import { nextVersion } from "../admin/lock-event.ts";
import type { Deps } from "../../deps.ts";
import { DomainError } from "../../errors.ts";
import { type PlanDifference, planDifference } from "./difference.ts";
import { placedSeats, type SeatName } from "./placed-seats.ts";

/** Of long lists people see the beginning. */
const firstMax = 100;

/**
 * Stores where the seats of a venue stand, as a new version; its coming events are then drawn so. The same plan again
 * changes nothing.
 * @param input.dryRun only says what would change
 * @throws DomainError `not-found`; `conflict` with `lost` when a sold or held seat of a coming event would vanish
 */
export async function importPlan(
  { db }: Pick<Deps, "db">,
  actor: Actor,
  input: { readonly id: string; readonly plan: SeatingPlan; readonly dryRun: boolean },
): Promise<SeatingPlanChange> {
  const { id, plan, dryRun } = input;
  const after = placedSeats(plan);
  return withTransaction(db, async (tx) => {
    const venueId = await lockVenue(tx, id);
    const current = await currentPlan(tx, venueId);
    const found = planDifference(current?.seats ?? [], after, await neededSeats(tx, venueId));
    const isNew = !current || found.added.length + found.removed.length + found.moved.length > 0;
    const version = (current?.version ?? 0) + (isNew ? 1 : 0);
    const change = describe(id, dryRun, version, after.length, found);
    if (dryRun) return change;
    if (found.lost.length > 0) {
      throw new DomainError("conflict", "Seats that are sold or held are not in this plan.", {
        extras: { lost: change.lost },
      });
    }
    if (!isNew) return change;
    await tx
      .insert(venuePlans)
      .values({ venueId, version, name: plan.name, seats: after, createdBy: actor.userId });
    await tx
      .update(events)
      .set(nextVersion)
      .where(and(eq(events.venueId, venueId), isComing));
    const { seats, added, removed, moved } = change;
    await recordAction(tx, actor, {
      action: "venue.import-plan",
      entity: "venue",
      entityId: id,
      detail: {
        name: plan.name,
        version,
        seats,
        added: added.count,
        removed: removed.count,
        moved: moved.count,
      },
    });
    return change;
  });
}

const isComing = and(ne(events.status, "cancelled"), gt(events.endsAt, sql`now()`));

/** Two imports for one venue follow one another. */
async function lockVenue(tx: Db, id: string): Promise<bigint> {
  const venueId = BigInt(id);
  const [venue] = await tx
    .select({ id: venues.id })
    .from(venues)
    .where(eq(venues.id, venueId))
    .for("no key update");
  if (!venue) throw new DomainError("not-found", "There is no such venue.");
  return venueId;
}

async function currentPlan(
  tx: Db,
  venueId: bigint,
): Promise<{ version: number; seats: readonly PlacedSeat[] } | undefined> {
  const [plan] = await tx
    .select({ version: venuePlans.version, seats: venuePlans.seats })
    .from(venuePlans)
    .where(eq(venuePlans.venueId, venueId))
    .orderBy(desc(venuePlans.version))
    .limit(1);
  return plan;
}

/** Seats that somebody has bought, or holds, for an event that is still to come. */
async function neededSeats(tx: Db, venueId: bigint): Promise<SeatName[]> {
  const result = await tx.execute(sql`
    SELECT DISTINCT ticket.section, ticket."row", ticket.seat
    FROM events JOIN tickets AS ticket ON ticket.event_id = events.id
    WHERE events.venue_id = ${venueId} AND ${isComing} AND (
      ticket.status = 'booked' OR EXISTS (
        SELECT FROM booking_tickets AS part JOIN bookings AS hold ON hold.id = part.booking_id
        WHERE part.ticket_id = ticket.id AND hold.status = 'held' AND hold.expires_at > now()))
    ORDER BY 1, 2, 3`);
  return (result as unknown as { rows: SeatName[] }).rows;
}

function describe(
  venueId: string,
  dryRun: boolean,
  version: number,
  seats: number,
  { added, removed, moved, lost }: PlanDifference,
): SeatingPlanChange {
  const some = (list: readonly SeatName[]) => ({
    count: list.length,
    first: list.slice(0, firstMax).map(({ section, row, seat }) => ({ section, row, seat })),
  });
  return {
    venueId,
    dryRun,
    version,
    seats,
    added: some(added),
    removed: some(removed),
    moved: some(moved),
    lost: some(lost),
  };
}
