import { getTableColumns } from "drizzle-orm";
import type { PerformerInput } from "../../../contracts/admin.ts";
import type { Performer } from "../../../contracts/events.ts";
import { performers } from "../../../db/schema/catalogue.ts";
import { withTransaction } from "../../../db/transaction.ts";
import type { Deps } from "../../deps.ts";
import { toPerformer } from "../read-head.ts";
import { recordAction, type Actor } from "./actor.ts";
import { revisionOf, type Written } from "./revision.ts";
import { onlyRow } from "./rows.ts";

/** Adds a performer. */
export async function createPerformer(
  { db }: Pick<Deps, "db">,
  actor: Actor,
  input: PerformerInput,
): Promise<Written<Performer>> {
  return withTransaction(db, async (tx) => {
    const { revision, ...row } = onlyRow(
      await tx
        .insert(performers)
        .values(input)
        .returning({ ...getTableColumns(performers), revision: revisionOf(performers.updatedAt) }),
    );
    const performer = toPerformer(row);
    await recordAction(tx, actor, {
      action: "performer.create",
      entity: "performer",
      entityId: performer.id,
      detail: input,
    });
    return { value: performer, etag: `"${revision}"` };
  });
}
