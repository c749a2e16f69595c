import type { CachedAnswer, PackedAnswer } from "../cache/cached-answer.ts";
import { toPacking } from "../cache/compress.ts";
import type { SharedStore } from "../cache/shared-store.ts";

/** A row holds at most 2 MB. */
const bytesMax = 1_900_000;

interface Row extends Record<string, SqlStorageValue> {
  status: number;
  content_type: string;
  etag: string;
  encoding: string;
  stored_at: number;
  body: ArrayBuffer;
}

/**
 * The disk of an event's object: what it holds when it comes back and the origin does not answer. Confirmations are
 * not written: a copy's age on disk only says that it must be asked about.
 */
export class ObjectStore implements SharedStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, status INTEGER NOT NULL,
      content_type TEXT NOT NULL, etag TEXT NOT NULL, encoding TEXT NOT NULL, stored_at INTEGER NOT NULL,
      body BLOB NOT NULL)`);
  }

  async mark(): Promise<undefined> {
    return undefined; // nobody else writes here: memory is never behind
  }

  async get(key: string): Promise<CachedAnswer | undefined> {
    const [row] = this.#sql.exec<Row>("SELECT * FROM answers WHERE key = ?", key).toArray();
    const encoding = toPacking(row?.encoding ?? null);
    if (!row || !encoding) return undefined;
    return {
      status: row.status === 404 || row.status === 403 ? row.status : 200,
      contentType: row.content_type,
      etag: row.etag,
      encoding,
      degraded: false,
      storedAtMs: row.stored_at,
      body: new Uint8Array(row.body),
    };
  }

  async set(key: string, answer: PackedAnswer): Promise<void> {
    if (answer.body.byteLength > bytesMax) return;
    const { status, contentType, etag, encoding, storedAtMs, body } = answer;
    this.#sql.exec(
      "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?)",
      key,
      status,
      contentType,
      etag,
      encoding,
      storedAtMs,
      body,
    );
  }

  async renew(): Promise<void> {}
}
