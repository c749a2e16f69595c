import { eq, getTableColumns } from "drizzle-orm";
import type { PerformerPatch } from "../../../contracts/admin.ts";
import type { Performer } from "../../../contracts/events.ts";
import { performers } from "../../../db/schema/catalogue.ts";
import { withTransaction } from "../../../db/transaction.ts";
import type { Deps } from "../../deps.ts";
import { DomainError } from "../../errors.ts";
import { toPerformer } from "../read-head.ts";
import { recordAction, type Actor } from "./actor.ts";
import { laterThan, requireRevision, revisionOf, type Written } from "./revision.ts";
import { onlyRow } from "./rows.ts";

/**
 * Changes a performer. Views of its events then have another tag.
 * @param change.ifMatch the caller's `If-Match`
 * @throws DomainError `not-found`, `precondition-failed`
 */
export async function updatePerformer(
  { db }: Pick<Deps, "db">,
  actor: Actor,
  change: {
    readonly id: string;
    readonly patch: PerformerPatch;
    readonly ifMatch: string | undefined;
  },
): Promise<Written<Performer>> {
  const { id, patch, ifMatch } = change;
  const isIt = eq(performers.id, BigInt(id));
  return withTransaction(db, async (tx) => {
    const [current] = await tx
      .select({ revision: revisionOf(performers.updatedAt) })
      .from(performers)
      .where(isIt)
      .for("update");
    if (!current) throw new DomainError("not-found", "There is no such performer.");
    requireRevision(ifMatch, current.revision);
    const { revision, ...row } = onlyRow(
      await tx
        .update(performers)
        .set({ ...patch, updatedAt: laterThan(performers.updatedAt) })
        .where(isIt)
        .returning({ ...getTableColumns(performers), revision: revisionOf(performers.updatedAt) }),
    );
    await recordAction(tx, actor, {
      action: "performer.update",
      entity: "performer",
      entityId: id,
      detail: patch,
    });
    return { value: toPerformer(row), etag: `"${revision}"` };
  });
}
