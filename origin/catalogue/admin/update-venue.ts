import { eq, getTableColumns } from "drizzle-orm";
import type { VenuePatch } from "../../../contracts/admin.ts";
import type { Venue } from "../../../contracts/events.ts";
import { venues } from "../../../db/schema/catalogue.ts";
import { withTransaction } from "../../../db/transaction.ts";
import type { Deps } from "../../deps.ts";
import { DomainError } from "../../errors.ts";
import { toVenue } from "../read-head.ts";
import { recordAction, type Actor } from "./actor.ts";
import { laterThan, requireRevision, revisionOf, type Written } from "./revision.ts";
import { onlyRow } from "./rows.ts";

/**
 * Changes a venue. Views of its events then have another tag.
 * @param change.ifMatch the caller's `If-Match`
 * @throws DomainError `not-found`, `precondition-failed`
 */
export async function updateVenue(
  { db }: Pick<Deps, "db">,
  actor: Actor,
  change: { readonly id: string; readonly patch: VenuePatch; readonly ifMatch: string | undefined },
): Promise<Written<Venue>> {
  const { id, patch, ifMatch } = change;
  const isIt = eq(venues.id, BigInt(id));
  return withTransaction(db, async (tx) => {
    const [current] = await tx
      .select({ revision: revisionOf(venues.updatedAt) })
      .from(venues)
      .where(isIt)
      .for("update");
    if (!current) throw new DomainError("not-found", "There is no such venue.");
    requireRevision(ifMatch, current.revision);
    const { revision, ...row } = onlyRow(
      await tx
        .update(venues)
        .set({ ...patch, updatedAt: laterThan(venues.updatedAt) })
        .where(isIt)
        .returning({ ...getTableColumns(venues), revision: revisionOf(venues.updatedAt) }),
    );
    await recordAction(tx, actor, {
      action: "venue.update",
      entity: "venue",
      entityId: id,
      detail: patch,
    });
    return { value: toVenue(row), etag: `"${revision}"` };
  });
}
