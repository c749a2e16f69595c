import { getTableColumns } from "drizzle-orm";
import type { VenueInput } from "../../../contracts/admin.ts";
import type { Venue } from "../../../contracts/events.ts";
import { venues } from "../../../db/schema/catalogue.ts";
import { withTransaction } from "../../../db/transaction.ts";
import type { Deps } from "../../deps.ts";
import { toVenue } from "../read-head.ts";
import { recordAction, type Actor } from "./actor.ts";
import { revisionOf, type Written } from "./revision.ts";
import { onlyRow } from "./rows.ts";

/** Adds a venue. */
export async function createVenue(
  { db }: Pick<Deps, "db">,
  actor: Actor,
  input: VenueInput,
): Promise<Written<Venue>> {
  return withTransaction(db, async (tx) => {
    const { revision, ...row } = onlyRow(
      await tx
        .insert(venues)
        .values(input)
        .returning({ ...getTableColumns(venues), revision: revisionOf(venues.updatedAt) }),
    );
    const venue = toVenue(row);
    await recordAction(tx, actor, {
      action: "venue.create",
      entity: "venue",
      entityId: venue.id,
      detail: input,
    });
    return { value: venue, etag: `"${revision}"` };
  });
}
