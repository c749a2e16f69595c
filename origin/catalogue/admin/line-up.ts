import { asc, eq, inArray } from "drizzle-orm";
import type { InvalidField } from "../../../contracts/problem.ts";
import type { Db } from "../../../db/client.ts";
import { eventPerformers, performers, venues } from "../../../db/schema/catalogue.ts";
import { DomainError } from "../../errors.ts";

/** What an event refers to. Fields that are left out are not looked at. */
export interface References {
  readonly venueId?: string | undefined;
  readonly performerId?: string | undefined;
  readonly performerIds?: readonly string[] | undefined;
}

/**
 * Makes sure that what is referred to exists, and keeps it until the end of the transaction.
 * @throws DomainError `validation-failed` that names each field whose id is unknown
 */
export async function requireReferences(tx: Db, refs: References): Promise<void> {
  const named = [
    ...(refs.performerId === undefined ? [] : [{ path: "performerId", id: refs.performerId }]),
    ...(refs.performerIds ?? []).map((id, index) => ({ path: `performerIds.${index}`, id })),
  ];
  const errors: InvalidField[] = [];
  if (refs.venueId !== undefined) {
    const found = await tx
      .select({ id: venues.id })
      .from(venues)
      .where(eq(venues.id, BigInt(refs.venueId)))
      .for("key share");
    if (found.length === 0) errors.push({ path: "venueId", message: "is not a known venue" });
  }
  if (named.length > 0) {
    const found = await tx
      .select({ id: performers.id })
      .from(performers)
      .where(inArray(performers.id, [...new Set(named.map(({ id }) => BigInt(id)))]))
      .for("key share");
    const known = new Set(found.map(({ id }) => String(id)));
    for (const { path, id } of named) {
      if (!known.has(id)) errors.push({ path, message: "is not a known performer" });
    }
  }
  if (errors.length > 0) {
    throw new DomainError("validation-failed", "Some fields are not valid.", {
      extras: { errors },
    });
  }
}

/**
 * Who performs, in order and each once.
 * @param headliner comes first
 * @param others further performers, who may name the headliner again
 */
export function toLineUp(headliner: string, others: readonly string[]): string[] {
  return [...new Set([headliner, ...others])];
}

/** Reads who performs besides the headliner, in order. */
export async function readOthers(tx: Db, eventId: bigint, headliner: bigint): Promise<string[]> {
  const rows = await tx
    .select({ id: eventPerformers.performerId })
    .from(eventPerformers)
    .where(eq(eventPerformers.eventId, eventId))
    .orderBy(asc(eventPerformers.position));
  return rows.filter(({ id }) => id !== headliner).map(({ id }) => String(id));
}

/** Replaces who performs. */
export async function writeLineUp(
  tx: Db,
  eventId: bigint,
  lineUp: readonly string[],
): Promise<void> {
  await tx.delete(eventPerformers).where(eq(eventPerformers.eventId, eventId));
  await tx.insert(eventPerformers).values(
    lineUp.map((performerId, position) => ({
      eventId,
      performerId: BigInt(performerId),
      position,
    })),
  );
}
