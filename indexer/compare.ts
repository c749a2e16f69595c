import type pg from "pg";
import type { SearchDocument } from "../contracts/search-document.ts";
import { readDocuments } from "./read-documents.ts";
import { parseDocument, type TypesenseSink } from "./typesense-sink.ts";
import { errorOf } from "./write-documents.ts";

/** Ids in one filter: it must fit a URL. */
const filterIdsMax = 100;

/** What one look found: the ids that differ, and for each what the rows said then (nothing: no document). */
export type Differences = ReadonlyMap<string, string | undefined>;

/**
 * Compares what the rows say with what the collection holds.
 * @param ids events to compare; a document of none of them is not looked at
 * @returns the events whose documents are wrong, missing or too many
 * @throws as `errorOf` says
 */
export async function findDifferent(
  pool: pg.Pool,
  sink: TypesenseSink,
  collection: string,
  ids: readonly string[],
): Promise<Differences> {
  if (ids.length === 0) return new Map();
  const stored: string[] = [];
  for (let at = 0; at < ids.length; at += filterIdsMax) {
    const filter = `id:[${ids.slice(at, at + filterIdsMax).join(",")}]`;
    const answer = await sink.export(collection, filter);
    if (answer.status !== "exported") throw errorOf(answer, collection);
    stored.push(...answer.lines);
  }
  return differentFrom(await expectedDocuments(pool, ids), stored);
}

/** @returns the documents that there should be for these events, as comparable text by id */
export async function expectedDocuments(
  pool: pg.Pool,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const read = await readDocuments(pool, { ids, xids: [], revOf: () => 0 });
  if (read.status !== "read") throw new Error("a read without transactions is always visible");
  const expected = new Map<string, string>();
  for (const [id, projection] of read.projections) {
    if (projection.status === "document") expected.set(id, comparable(projection.document));
  }
  return expected;
}

/** @param lines exported documents */
export function differentFrom(
  expected: ReadonlyMap<string, string>,
  lines: readonly string[],
): Differences {
  const stored = new Map(lines.map(readStored));
  const wrong = [...expected].filter(([id, text]) => stored.get(id) !== text);
  const extra = [...stored.keys()].filter((id) => !expected.has(id));
  return new Map([...wrong, ...extra.map((id) => [id, undefined] as const)]);
}

/** Everything but `rev`, which says when the document was written; the order of keys is the schema's. */
export function comparable(document: SearchDocument): string {
  return JSON.stringify({ ...document, rev: 0 });
}

/** A document that is none of ours is as wrong as one with other values. */
function readStored(line: string): [string, string] {
  try {
    const document = parseDocument(line);
    return [document.id, comparable(document)];
  } catch {
    return [String((JSON.parse(line) as { id: unknown }).id), line];
  }
}
