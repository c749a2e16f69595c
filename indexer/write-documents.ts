import type pg from "pg";
import type { Clock } from "./clock.ts";
import type { DeadLetter, DeadLetters } from "./dead-letters.ts";
import { CollectionMissingError, HaltError, SinkUnavailableError } from "./errors.ts";
import type { FailureWindow } from "./mass-failure.ts";
import type { IndexerMetrics } from "./metrics.ts";
import { readDocuments, type ReadResult } from "./read-documents.ts";
import type { DocumentLine, SinkTrouble, TypesenseSink } from "./typesense-sink.ts";

export interface WriteContext {
  readonly pool: pg.Pool;
  readonly sink: TypesenseSink;
  readonly deadLetters: DeadLetters;
  readonly failures: FailureWindow;
  readonly metrics: IndexerMetrics;
  readonly clock: Clock;
  readonly batchBytes: number;
  /** Called between reading and writing; tests make things happen there. */
  readonly afterRead?: (ids: readonly string[]) => Promise<void>;
}

export interface ReadOrder {
  readonly ids: readonly string[];
  /** Every transaction that made one of them dirty. */
  readonly xids: readonly number[];
  readonly revOf: (id: string) => number;
  readonly signal: AbortSignal;
}

export interface WriteTargets {
  /** Their real names. */
  readonly collections: readonly string[];
  readonly signal: AbortSignal;
}

/** Documents as they were in one snapshot, to be written soon. */
export interface ReadDocuments {
  readonly read: Read;
  /** On the monotonic clock. */
  readonly readAtMs: number;
}

/** A process that was stopped for longer than this between reading and writing reads again: it may be outdated. */
const readAgeMsMax = 3_000;

type Read = Extract<ReadResult, { status: "read" }>;

/**
 * Rebuilds documents from the rows: found and public ones are written, the others deleted.
 * @throws as `writeRead`
 */
export async function writeDocuments(
  ctx: WriteContext,
  order: ReadOrder,
  targets: WriteTargets,
): Promise<void> {
  if (order.ids.length === 0) return;
  for (;;) {
    const documents = await readToWrite(ctx, order);
    if ((await writeRead(ctx, documents, order.ids, targets)) === "written") return;
  }
}

/**
 * Reads what is to be written, once all that made it dirty is visible.
 * @throws what Postgres throws; the signal's reason
 */
export async function readToWrite(ctx: WriteContext, order: ReadOrder): Promise<ReadDocuments> {
  const read = await readWhenVisible(ctx, order);
  const readAtMs = ctx.clock.monotonic();
  await ctx.afterRead?.(order.ids);
  return { read, readAtMs };
}

/**
 * Writes what was read of these ids.
 * @returns "outdated" when that was too long ago: it must be read again
 * @throws SinkUnavailableError, CollectionMissingError, HaltError; what Postgres throws; the signal's reason
 */
export async function writeRead(
  ctx: WriteContext,
  { read, readAtMs }: ReadDocuments,
  ids: readonly string[],
  { collections, signal }: WriteTargets,
): Promise<"written" | "outdated"> {
  signal.throwIfAborted();
  // The last look before the first byte is sent.
  if (ctx.clock.monotonic() - readAtMs > readAgeMsMax) return "outdated";
  for (const collection of collections) await writeTo(ctx, collection, ids, read);
  return "written";
}

/** @returns each event's version, `null` where it is not public */
export function publicVersions(
  { read }: ReadDocuments,
  ids: readonly string[],
): Map<string, number | null> {
  const isPublic = (id: string) => read.projections.get(id)?.status !== "hidden";
  return new Map(ids.map((id) => [id, isPublic(id) ? (read.versions.get(id) ?? null) : null]));
}

async function readWhenVisible(ctx: WriteContext, order: ReadOrder): Promise<Read> {
  const startedMs = ctx.clock.monotonic();
  for (let tries = 0; ; tries += 1) {
    const result = await readDocuments(ctx.pool, order);
    const waitedSeconds = (ctx.clock.monotonic() - startedMs) / 1_000;
    if (tries > 0) ctx.metrics.guardSeconds.set(waitedSeconds);
    if (result.status === "read") return result;
    ctx.metrics.guardRetries.inc();
    await ctx.clock.sleep(Math.min(100, 5 * 2 ** Math.min(tries, 5)), order.signal);
    order.signal.throwIfAborted();
  }
}

async function writeTo(
  ctx: WriteContext,
  collection: string,
  ids: readonly string[],
  read: Read,
): Promise<void> {
  const lines: DocumentLine[] = [];
  const gone: string[] = [];
  const invalid: DeadLetter[] = [];
  for (const id of ids) {
    const projection = read.projections.get(id);
    if (projection?.status === "document") {
      lines.push({ id, line: JSON.stringify(projection.document) });
    } else if (projection?.status === "invalid") {
      invalid.push({ id, collection, code: 0, ...projection });
    } else gone.push(id);
  }
  const refused = await importLines(ctx, collection, lines);
  const deleted = await ctx.sink.delete(collection, gone);
  if (deleted.status !== "deleted") throw errorOf(deleted, collection);
  ctx.metrics.documents.inc({ kind: "deleted" }, deleted.count);

  const letters = [...invalid, ...refused];
  const dead = new Set(letters.map((letter) => letter.id));
  await ctx.deadLetters.bury(letters);
  await ctx.deadLetters.resolve(
    collection,
    ids.filter((id) => !dead.has(id)),
  );
  ctx.metrics.deadLetters.set(ctx.deadLetters.count);
}

async function importLines(
  ctx: WriteContext,
  collection: string,
  lines: readonly DocumentLine[],
): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for (const batch of byBytes(lines, ctx.batchBytes)) {
    const failures = await importOnce(ctx, collection, batch);
    const ids = failures.map((failure) => failure.id);
    if (ctx.failures.note(ids, batch.length, ctx.clock.now())) {
      throw new HaltError(
        "mass-failure",
        `${collection} refuses documents, ${failures.length} of ${batch.length} at last: ${failures[0]?.error}`,
      );
    }
    for (const first of failures) {
      const line = batch.find((candidate) => candidate.id === first.id);
      if (!line) continue;
      // Alone once more: a neighbour cannot be the reason then.
      const [failure] = await importOnce(ctx, collection, [line]);
      if (!failure) continue;
      ctx.metrics.linesFailed.inc({ code: String(failure.code) });
      letters.push({ ...failure, collection, document: JSON.parse(line.line) });
    }
  }
  return letters;
}

async function importOnce(ctx: WriteContext, collection: string, batch: readonly DocumentLine[]) {
  const end = ctx.metrics.importSeconds.startTimer();
  const result = await ctx.sink.import(collection, batch);
  if (result.status !== "written") throw errorOf(result, collection);
  end();
  ctx.metrics.documents.inc({ kind: "written" }, batch.length - result.failures.length);
  return result.failures;
}

/** Splits lines into requests of at most `bytesMax`, or of one line that is larger. */
export function* byBytes(
  lines: readonly DocumentLine[],
  bytesMax: number,
): Generator<DocumentLine[]> {
  let batch: DocumentLine[] = [];
  let bytes = 0;
  for (const line of lines) {
    const size = Buffer.byteLength(line.line) + 1;
    if (batch.length > 0 && bytes + size > bytesMax) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(line);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

/** What the writer does about the search server's trouble is decided by its type alone. */
export function errorOf(trouble: SinkTrouble, collection: string): Error {
  switch (trouble.status) {
    case "unavailable":
      return new SinkUnavailableError(trouble.code);
    case "missing":
      return new CollectionMissingError(collection);
    case "refused":
      return new HaltError("sink-refused", `the search server refuses our key (${trouble.code})`);
    default:
      return trouble satisfies never;
  }
}
