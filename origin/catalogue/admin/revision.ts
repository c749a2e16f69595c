import { sql, type SQL } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { DomainError } from "../../errors.ts";
import { matchesRevision } from "../etag.ts";

/** What a write answers with: the object as it is now, and the tag of that state. */
export interface Written<T> {
  readonly value: T;
  readonly etag: string;
}

/**
 * Refuses a change to what has changed since the caller read it. Call it with the row locked.
 * @param ifMatch the header, if one came
 * @param revision of the locked row
 * @throws DomainError `precondition-failed`
 */
export function requireRevision(ifMatch: string | undefined, revision: string): void {
  if (matchesRevision(ifMatch, revision)) return;
  throw new DomainError("precondition-failed", "It was changed since you read it. Read it again.");
}

/** The revision of a row without a version: its time of change, in microseconds. */
export function revisionOf(updatedAt: PgColumn): SQL<string> {
  return sql<string>`(extract(epoch FROM ${updatedAt}) * 1000000)::bigint::text`;
}

/** A time of change that differs from the one before, however fast changes follow. */
export function laterThan(updatedAt: PgColumn): SQL {
  return sql`greatest(clock_timestamp(), ${updatedAt} + interval '1 microsecond')`;
}
