import { setImmediate } from "node:timers/promises";
import type { Database, Db } from "../client.ts";
import { auditLog } from "../schema/bookings.ts";
import { withTransaction } from "../transaction.ts";
import { FactError, type EventFacts, type Issue } from "./facts.ts";
import { indexNodes, plainNode, typesOf } from "./nodes.ts";
import { isEvent, parseEvent } from "./parse-event.ts";
import { readItems, type SourceItem } from "./read-items.ts";
import { storeEvents, type Outcome } from "./store-events.ts";

/** Events and seats of one transaction: few round trips, and nothing waits long for its locks or its replication. */
const batchEventsMax = 100;
const batchSeatsMax = 50_000;
const itemsBetweenTurns = 500;

export interface ImportOptions {
  /** Days that all dates are moved by, for rehearsing with a past season. Default 0. */
  readonly daysLater?: number;
  /** A ticket for each seat of the place, instead of 2,000 at most. */
  readonly fullCapacity?: boolean;
  /** When events are on sale whose source does not say. Default: the present. */
  readonly now?: Date;
  /** Told after each batch. */
  readonly onProgress?: (progress: ImportProgress) => void;
}

export interface ImportProgress {
  readonly events: number;
  readonly eventsTotal: number;
  readonly tickets: number;
}

/** One thing wrong with one item, which therefore was left out. */
export interface ImportError {
  /** In the file, counted from 1. */
  readonly line: number;
  /** JSON path from the document's root, which is the line's object where every line is a document. */
  readonly path: string;
  readonly message: string;
}

export interface ImportReport extends Readonly<Record<Outcome, number>> {
  /** Items with at least one error. */
  readonly failed: number;
  /** Nodes of a graph that are no events, but may be what events refer to. */
  readonly ignored: number;
  readonly tickets: number;
  /** In the order of the file. */
  readonly errors: readonly ImportError[];
}

interface Candidate {
  readonly item: SourceItem;
  readonly facts: EventFacts;
}

/**
 * Imports schema.org events from JSON-LD: an object, an array, a `@graph`, or one object per line. Each item goes in as
 * a whole or not at all, and a bad one does not keep the others out. Repeating it updates what it made before.
 * @param text the whole file
 * @throws what the database throws when it cannot be reached; whole items have been stored until then
 */
export async function importEvents(
  { db }: Pick<Database, "db">,
  text: string,
  options: ImportOptions = {},
): Promise<ImportReport> {
  const { daysLater = 0, fullCapacity = false, now = new Date() } = options;
  const { items, unreadable } = readItems(text);
  const nodes = indexNodes(items.map((it) => it.value));
  const errors: ImportError[] = [...unreadable];
  const failed = new Set<SourceItem>();
  const fail = (item: SourceItem, { path, message }: Issue) => {
    failed.add(item);
    errors.push({ line: item.line, path: item.path + jsonPath(path), message });
  };
  const candidates = new Map<string, Candidate>();
  let ignored = 0;
  for (const [index, item] of items.entries()) {
    // Whoever tells a waiting person how long it takes gets their turn.
    if (index % itemsBetweenTurns === itemsBetweenTurns - 1) await setImmediate();
    const node = plainNode(item.value, nodes);
    if (item.inGraph && typesOf(node).length > 0 && !isEvent(node)) {
      ignored++;
      continue;
    }
    const parsed = parseEvent(node, { daysLater, fullCapacity });
    const before = parsed.ok ? candidates.get(parsed.facts.key) : undefined;
    if (!parsed.ok) for (const issue of parsed.issues) fail(item, issue);
    else if (before) fail(item, sameEvent(before.item));
    else candidates.set(parsed.facts.key, { item, facts: parsed.facts });
  }
  const counts: Record<Outcome, number> = { created: 0, updated: 0, unchanged: 0 };
  const progress = { events: 0, eventsTotal: candidates.size, tickets: 0 };
  for (const batch of batches([...candidates.values()])) {
    const { outcomes, tickets, refused } = await storeBatch(db, batch, now);
    for (const { item, issue } of refused) fail(item, issue);
    for (const outcome of outcomes) counts[outcome]++;
    progress.events += batch.length;
    progress.tickets += tickets;
    options.onProgress?.({ ...progress });
  }
  errors.sort((a, b) => a.line - b.line);
  const failures = failed.size + unreadable.length;
  return { ...counts, failed: failures, ignored, tickets: progress.tickets, errors };
}

interface BatchResult {
  readonly outcomes: readonly Outcome[];
  readonly tickets: number;
  readonly refused: readonly { item: SourceItem; issue: Issue }[];
}

/** A batch that the database refuses is taken apart, so that only the items at fault stay out. */
async function storeBatch(db: Db, batch: readonly Candidate[], now: Date): Promise<BatchResult> {
  try {
    return await storeTogether(db, batch, now);
  } catch (error) {
    const issue = refusal(error);
    const [first] = batch;
    if (!issue || !first) throw error;
    if (batch.length === 1) {
      return { outcomes: [], tickets: 0, refused: [{ item: first.item, issue }] };
    }
    const parts: BatchResult[] = [];
    for (const candidate of batch) parts.push(await storeBatch(db, [candidate], now));
    return {
      outcomes: parts.flatMap((part) => part.outcomes),
      tickets: parts.reduce((sum, part) => sum + part.tickets, 0),
      refused: parts.flatMap((part) => part.refused),
    };
  }
}

async function storeTogether(db: Db, batch: readonly Candidate[], now: Date): Promise<BatchResult> {
  return withTransaction(db, async (tx) => {
    const facts = batch.map((it) => it.facts);
    const { outcomes, ids, tickets } = await storeEvents(tx, facts, { now });
    const changed = [...outcomes].filter(([, outcome]) => outcome !== "unchanged");
    if (changed.length > 0) {
      await tx.insert(auditLog).values(
        changed.map(([key, outcome]) => ({
          actor: "import",
          action: outcome === "created" ? "event.create" : "event.update",
          entity: "event",
          entityId: String(ids.get(key)),
          detail: { importKey: key },
        })),
      );
    }
    return { outcomes: [...outcomes.values()], tickets, refused: [] };
  });
}

/** SQLSTATE classes for data that the database will not take, whoever asks: bad values and violated constraints. */
const refusedClasses = new Set(["22", "23", "54"]);

/** @returns what to say about the item; undefined when the database itself is at fault */
function refusal(error: unknown): Issue | undefined {
  if (error instanceof FactError) return error;
  for (let at = error; at instanceof Error; at = at.cause) {
    const code = "code" in at && typeof at.code === "string" ? at.code : "";
    if (code.length === 5 && refusedClasses.has(code.slice(0, 2))) {
      return {
        path: [],
        message: `the database refused it (${code}): ${at.message.slice(0, 200)}`,
      };
    }
  }
  return undefined;
}

function sameEvent({ line, path }: SourceItem): Issue {
  const message = `is the same event as on line ${line} (${path}): identifiers must differ`;
  return { path: ["identifier"], message };
}

function* batches(candidates: readonly Candidate[]): Generator<readonly Candidate[]> {
  let batch: Candidate[] = [];
  let seats = 0;
  for (const candidate of candidates) {
    seats += candidate.facts.seats;
    if (batch.length > 0 && (batch.length === batchEventsMax || seats > batchSeatsMax)) {
      yield batch;
      batch = [];
      seats = candidate.facts.seats;
    }
    batch.push(candidate);
  }
  if (batch.length > 0) yield batch;
}

/** ["location", "name"] → ".location.name"; [0] → "[0]"; other names in brackets. */
function jsonPath(path: readonly PropertyKey[]): string {
  return path
    .map((part) => {
      if (typeof part === "number") return `[${part}]`;
      const name = String(part);
      return /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `['${name}']`;
    })
    .join("");
}
