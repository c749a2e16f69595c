import type { Change } from "../contracts/changes.ts";
import type { Clock } from "./clock.ts";
import type { DirtyKey } from "./dirty-keys.ts";
import { SinkUnavailableError } from "./errors.ts";
import { type Lsn, lsnToNumber } from "./lsn.ts";
import type { IndexerMetrics } from "./metrics.ts";
import {
  publicVersions,
  type ReadDocuments,
  readToWrite,
  type WriteContext,
  writeDocuments,
  writeRead,
  type WriteTargets,
} from "./write-documents.ts";

export interface FlushTargets extends WriteTargets {
  tell(changes: readonly Change[]): void;
}

/** Reads what one batch of dirty keys is to become. */
export function readBatch(
  ctx: WriteContext,
  batch: readonly DirtyKey[],
  signal: AbortSignal,
): Promise<ReadDocuments> {
  const revs = new Map(batch.map((entry) => [entry.key, lsnToNumber(entry.lastLsn)]));
  return readToWrite(ctx, {
    ids: [...revs.keys()],
    xids: distinctXids(batch),
    revOf: (id) => revs.get(id) ?? 0,
    signal,
  });
}

/**
 * Writes one batch of dirty keys and tells the edge. While the search server is down the edge is told all the same:
 * its copies of events come from Postgres, which has the change.
 * @param documents read for these keys, and perhaps for others
 * @returns "outdated" when they must be read again
 */
export async function writeBatch(
  ctx: WriteContext,
  batch: readonly DirtyKey[],
  documents: ReadDocuments,
  targets: FlushTargets,
): Promise<"written" | "outdated"> {
  const ids = batch.map((entry) => entry.key);
  try {
    if ((await writeRead(ctx, documents, ids, targets)) === "outdated") return "outdated";
  } catch (error) {
    if (error instanceof SinkUnavailableError) targets.tell(changesOf(batch, documents));
    throw error;
  }
  targets.tell(changesOf(batch, documents));
  ctx.metrics.batches.inc();
  observeLag(ctx.metrics, ctx.clock, batch);
  return "written";
}

/**
 * Writes documents that are due for another reason than the stream.
 * @param rev everything up to there is in the rows for sure
 */
export async function writeUnprompted(
  ctx: WriteContext,
  ids: readonly string[],
  rev: Lsn,
  size: number,
  targets: WriteTargets,
): Promise<void> {
  for (let at = 0; at < ids.length; at += size) {
    const order = {
      ids: ids.slice(at, at + size),
      xids: [],
      revOf: () => lsnToNumber(rev),
      signal: targets.signal,
    };
    await writeDocuments(ctx, order, targets);
  }
}

function changesOf(batch: readonly DirtyKey[], documents: ReadDocuments): Change[] {
  const ids = batch.map((entry) => entry.key);
  const versions = publicVersions(documents, ids);
  return batch.map(({ key: eventId, priority }): Change => {
    if (priority === "seats") return { kind: "seats", eventId };
    return { kind: "event", eventId, version: versions.get(eventId) ?? null };
  });
}

function distinctXids(batch: readonly DirtyKey[]): number[] {
  const xids = new Set<number>();
  for (const entry of batch) for (const xid of entry.xids) xids.add(xid);
  return [...xids];
}

function observeLag(metrics: IndexerMetrics, clock: Clock, batch: readonly DirtyKey[]): void {
  const now = clock.now();
  for (const { priority, firstCommitMs } of batch) {
    metrics.lagSeconds.observe({ priority }, Math.max(0, now - firstCommitMs) / 1_000);
  }
}
