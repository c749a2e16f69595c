import * as z from "zod";
import { SearchDocument } from "../contracts/search-document.ts";
import { requestTypesense, type TypesenseTarget } from "./typesense-http.ts";

/** A document to write, as text so that it is serialised once for all collections. */
export interface DocumentLine {
  readonly id: string;
  readonly line: string;
}

export interface LineFailure {
  readonly id: string;
  readonly code: number;
  readonly error: string;
}

export type SinkTrouble =
  /** Busy, full, restarting or silent: the same request may work later, and may be repeated. */
  | { status: "unavailable"; code: number }
  /** The collection is not there (any more). */
  | { status: "missing" }
  /** The key may not do this. */
  | { status: "refused"; code: number };

export type ImportResult = { status: "written"; failures: LineFailure[] } | SinkTrouble;
export type DeleteResult = { status: "deleted"; count: number } | SinkTrouble;
export type ExportResult = { status: "exported"; lines: string[] } | SinkTrouble;
export type CountResult = { status: "counted"; documents: number } | SinkTrouble;

/** Ids in one deletion: the filter must fit a URL. */
const deleteIdsMax = 100;

const ImportLine = z.object({
  success: z.boolean(),
  error: z.string().optional(),
  code: z.int().optional(),
});

/** Writes to and reads from collections by their real names, never through the alias. */
export class TypesenseSink {
  readonly #target: TypesenseTarget;
  readonly #timeoutMs: number;
  #answered = 0;

  constructor(target: TypesenseTarget, timeoutMs: number) {
    this.#target = target;
    this.#timeoutMs = timeoutMs;
  }

  /** Requests that did what they were to do. */
  get answered(): number {
    return this.#answered;
  }

  /**
   * Writes documents whole. An answer for fewer lines than were sent says nothing about any of them.
   */
  async import(collection: string, documents: readonly DocumentLine[]): Promise<ImportResult> {
    if (documents.length === 0) return { status: "written", failures: [] };
    const result = await requestTypesense(this.#target, {
      method: "POST",
      path: `/collections/${collection}/documents/import?action=upsert`,
      body: documents.map((document) => document.line).join("\n"),
      timeoutMs: this.#timeoutMs,
    });
    if (result.status === "unknown") return { status: "unavailable", code: 0 };
    if (result.code !== 200) return troubleOf(result.code);
    const answers = result.body.split("\n").map(parseLine);
    if (answers.length !== documents.length || answers.includes(null)) {
      return { status: "unavailable", code: 0 };
    }
    const failures = documents.flatMap(({ id }, index) => {
      const answer = answers[index];
      if (!answer || answer.success) return [];
      return [{ id, code: answer.code ?? 400, error: answer.error ?? "refused" }];
    });
    // A server that runs out of room in the middle of a batch says so line by line.
    const busy = failures.find((failure) => retryableCodes.has(failure.code));
    if (busy) return { status: "unavailable", code: busy.code };
    this.#answered += 1;
    return { status: "written", failures };
  }

  async delete(collection: string, ids: readonly string[]): Promise<DeleteResult> {
    let count = 0;
    for (let at = 0; at < ids.length; at += deleteIdsMax) {
      const filter = `id:[${ids.slice(at, at + deleteIdsMax).join(",")}]`;
      const result = await requestTypesense(this.#target, {
        method: "DELETE",
        path: `/collections/${collection}/documents?filter_by=${encodeURIComponent(filter)}`,
        timeoutMs: this.#timeoutMs,
      });
      if (result.status === "unknown") return { status: "unavailable", code: 0 };
      if (result.code !== 200) return troubleOf(result.code);
      this.#answered += 1;
      count += z.object({ num_deleted: z.int() }).parse(JSON.parse(result.body)).num_deleted;
    }
    return { status: "deleted", count };
  }

  /**
   * @param filter Typesense's `filter_by`, or nothing for all documents
   * @param fields to include, or nothing for all
   */
  async export(collection: string, filter?: string, fields?: string): Promise<ExportResult> {
    const query = new URLSearchParams();
    if (filter) query.set("filter_by", filter);
    if (fields) query.set("include_fields", fields);
    const result = await requestTypesense(this.#target, {
      method: "GET",
      path: `/collections/${collection}/documents/export?${query}`,
      timeoutMs: this.#timeoutMs,
    });
    if (result.status === "unknown") return { status: "unavailable", code: 0 };
    if (result.code !== 200) return troubleOf(result.code);
    this.#answered += 1;
    return { status: "exported", lines: result.body.split("\n").filter((line) => line !== "") };
  }

  /**
   * How many documents can be found. After a crash the server is healthy long before that is all of them: while it
   * still has writes to work off, this answers `unavailable`.
   */
  async count(collection: string): Promise<CountResult> {
    const stats = await this.#get("/stats.json", z.object({ pending_write_batches: z.number() }));
    if (stats.status !== "answered") return stats;
    if (stats.value.pending_write_batches > 0) return { status: "unavailable", code: 503 };
    const about = await this.#get(
      `/collections/${collection}`,
      z.object({ num_documents: z.int() }),
    );
    if (about.status !== "answered") return about;
    return { status: "counted", documents: about.value.num_documents };
  }

  async #get<T>(
    path: string,
    schema: z.ZodType<T>,
  ): Promise<{ status: "answered"; value: T } | SinkTrouble> {
    const result = await requestTypesense(this.#target, {
      method: "GET",
      path,
      timeoutMs: this.#timeoutMs,
    });
    if (result.status === "unknown") return { status: "unavailable", code: 0 };
    if (result.code !== 200) return troubleOf(result.code);
    return { status: "answered", value: schema.parse(JSON.parse(result.body)) };
  }
}

/** @throws when a stored document is none of ours */
export function parseDocument(line: string): SearchDocument {
  return SearchDocument.parse(JSON.parse(line));
}

/** 422 is "running out of disk or memory", which concerns the whole request, not its documents. */
const retryableCodes = new Set([408, 422, 429, 500, 502, 503, 504]);

function troubleOf(code: number): SinkTrouble {
  if (code === 404) return { status: "missing" };
  if (code === 401 || code === 403) return { status: "refused", code };
  return { status: "unavailable", code };
}

function parseLine(line: string): z.infer<typeof ImportLine> | null {
  try {
    return ImportLine.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
