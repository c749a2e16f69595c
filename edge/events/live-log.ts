import { bytesFromBase64, changesBetween } from "./seat-changes.ts";
import type { Seen, Welcome } from "./event-objects.ts";

/** Messages kept for viewers who come back. */
export const keptMax = 200;
/** So many characters of missed messages are sent even if all statuses were shorter: they spare a repaint. */
const missedLengthMin = 4_000;
/** Beyond so many changes at once all statuses are shorter: a change is about 10 characters, a status a third. */
const changesShareMax = 1 / 30;

export interface LiveMessage {
  readonly seq: number;
  readonly text: string;
}

/** What viewers were told, numbered without gaps; kept on disk, so that numbers go on after the object slept. */
export class LiveLog {
  readonly #sql: SqlStorage;
  /** Numbers mean something within one log only: should the disk be lost, they begin again under another id. */
  readonly #id: string;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS live_state (one INTEGER PRIMARY KEY, seq INTEGER NOT NULL, statuses TEXT NOT NULL)",
    );
    sql.exec(
      "CREATE TABLE IF NOT EXISTS live_messages (seq INTEGER PRIMARY KEY, text TEXT NOT NULL)",
    );
    sql.exec("CREATE TABLE IF NOT EXISTS live_log (one INTEGER PRIMARY KEY, id TEXT NOT NULL)");
    sql.exec("INSERT OR IGNORE INTO live_log VALUES (1, ?)", crypto.randomUUID().slice(0, 8));
    this.#id = sql.exec<{ id: string }>("SELECT id FROM live_log").one().id;
  }

  /**
   * Takes the statuses as they are now.
   * @param statuses base64, 2 bits a ticket
   * @returns the message about what has changed, or `undefined` when nothing has
   */
  record(statuses: string): LiveMessage | undefined {
    const state = this.#state();
    if (state?.statuses === statuses) return undefined;
    const seq = (state?.seq ?? 0) + 1;
    const text = toMessage(seq, state?.statuses, statuses);
    this.#sql.exec("INSERT OR REPLACE INTO live_state VALUES (1, ?, ?)", seq, statuses);
    this.#sql.exec("INSERT OR REPLACE INTO live_messages VALUES (?, ?)", seq, text);
    this.#sql.exec("DELETE FROM live_messages WHERE seq <= ?", seq - keptMax);
    return { seq, text };
  }

  /**
   * What a viewer must be sent first: never nothing, so that it knows that it is followed again.
   * @param seen how far it had come; what it missed is sent if it is little, else all statuses
   * @returns `undefined` before anything was recorded
   */
  welcome(seen: Seen | undefined): Welcome | undefined {
    const state = this.#state();
    if (!state) return undefined;
    const { seq, statuses } = state;
    if (seen?.log === this.#id && seen.seq <= seq) {
      const missed = this.#sql
        .exec<{ text: string }>(
          "SELECT text FROM live_messages WHERE seq > ? ORDER BY seq",
          seen.seq,
        )
        .toArray()
        .map(({ text }) => text);
      if (seen.seq === seq) return { seq, messages: [JSON.stringify({ seq, changes: [] })] };
      const length = missed.reduce((sum, text) => sum + text.length, 0);
      const isLittle = length <= Math.max(missedLengthMin, statuses.length);
      if (isLittle && missed.length === seq - seen.seq) return { seq, messages: missed };
    }
    return { seq, messages: [JSON.stringify({ seq, log: this.#id, statuses })] };
  }

  #state(): { seq: number; statuses: string } | undefined {
    return this.#sql
      .exec<{ seq: number; statuses: string }>("SELECT seq, statuses FROM live_state")
      .toArray()[0];
  }
}

function toMessage(seq: number, before: string | undefined, now: string): string {
  if (before !== undefined) {
    const bytes = bytesFromBase64(now);
    const changes = changesBetween(bytesFromBase64(before), bytes);
    if (changes && changes.length <= Math.max(8, bytes.length * 4 * changesShareMax)) {
      return JSON.stringify({ seq, changes });
    }
  }
  return JSON.stringify({ seq, statuses: now });
}
