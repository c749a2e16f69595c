import type { Change } from "../contracts/changes.ts";
import type { Clock } from "./clock.ts";
import type { DirtyKey } from "./dirty-keys.ts";
import { SinkUnavailableError } from "./errors.ts";
import { type Lsn, lsnToNumber } from "./lsn.ts";
import type { IndexerMetrics } from "./metrics.ts";
import { type WriteContext, type WriteRequest, writeDocuments } from "./write-documents.ts";

export interface FlushTargets {
  readonly collections: readonly string[];
  readonly signal: AbortSignal;
  tell(changes: readonly Change[]): void;
}

/**
 * Writes one batch of dirty keys and tells the edge. While the search server is down the edge is told all the same:
 * its copies of events come from Postgres, which has the change.
 */
export async function flushBatch(
  ctx: WriteContext,
  batch: readonly DirtyKey[],
  targets: FlushTargets,
): Promise<void> {
  const entries = new Map(batch.map((entry) => [entry.key, entry]));
  let versions: ReadonlyMap<string, number | null> = new Map();
  const request: WriteRequest = {
    ids: [...entries.keys()],
    xids: distinctXids(batch),
    revOf: (id) => lsnToNumber(entries.get(id)?.lastLsn ?? 0n),
    collections: targets.collections,
    signal: targets.signal,
    onRead: (read) => {
      versions = read;
    },
  };
  try {
    await writeDocuments(ctx, request);
  } catch (error) {
    if (error instanceof SinkUnavailableError) targets.tell(changesOf(entries, versions));
    throw error;
  }
  targets.tell(changesOf(entries, versions));
  ctx.metrics.batches.inc();
  observeLag(ctx.metrics, ctx.clock, batch);
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
  targets: Pick<FlushTargets, "collections" | "signal">,
): Promise<void> {
  for (let at = 0; at < ids.length; at += size) {
    await writeDocuments(ctx, {
      ids: ids.slice(at, at + size),
      xids: [],
      revOf: () => lsnToNumber(rev),
      ...targets,
    });
  }
}

function changesOf(
  entries: ReadonlyMap<string, DirtyKey>,
  versions: ReadonlyMap<string, number | null>,
): Change[] {
  return [...versions].map(([eventId, version]): Change => {
    if (entries.get(eventId)?.priority === "seats") return { kind: "seats", eventId };
    return { kind: "event", eventId, version };
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
