import * as z from "zod";
import { EventId, PerformerId, VenueId } from "./ids.ts";

/** Where the edge takes change batches: a signed POST. */
export const changesPath = "/internal/changes";

/** Most changes in one batch. */
export const changesMax = 500;

/** Something that public answers are made of has changed; what is cached of it is old. */
export const Change = z.discriminatedUnion("kind", [
  /** The event's own fields, its performers or its ticket prices. `null`: it is not public (any more). */
  z.strictObject({ kind: z.literal("event"), eventId: EventId, version: z.int().nullable() }),
  /** Statuses of its tickets only. */
  z.strictObject({ kind: z.literal("seats"), eventId: EventId }),
  /** Every event there. */
  z.strictObject({ kind: z.literal("venue"), venueId: VenueId }),
  /** Every event with them. */
  z.strictObject({ kind: z.literal("performer"), performerId: PerformerId }),
  /** Every search answer: readers have moved to another collection. */
  z.strictObject({ kind: z.literal("search") }),
  /** Anything: changes were too many to name. */
  z.strictObject({ kind: z.literal("all") }),
]);
export type Change = z.infer<typeof Change>;

/**
 * Changes in order. `from` and `to` number the first and last of them within an epoch; the next batch begins with
 * `to + 1`. A batch that begins later, or another epoch, means that some were missed: whoever keeps a copy that
 * lives on changes must read it anew. A batch may come twice; one that ends before what was seen is old.
 */
export const ChangeBatch = z
  .strictObject({
    source: z.literal("indexer"),
    epoch: z.int().min(1),
    from: z.int().min(1),
    to: z.int().min(1),
    changes: z.array(Change).min(1).max(changesMax),
  })
  .refine((batch) => batch.to - batch.from + 1 === batch.changes.length, {
    path: ["to"],
    message: "must number the last change",
  });
export type ChangeBatch = z.infer<typeof ChangeBatch>;
