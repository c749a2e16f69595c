import { type Lsn } from "./lsn.ts";

/**
 * Decodes the messages of Postgres' `pgoutput` plugin, protocol version 1, text format
 * (PostgreSQL manual, "Logical Replication Message Formats"). Only the columns that a reader asked for become
 * strings; the rest is stepped over, which is what makes a backlog fast.
 */
export interface Relation {
  readonly id: number;
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly string[];
}

/** For each column of a relation the slot of its value in a row, or -1 when nobody asked for it. */
export type Wanted = Int8Array;

/** `undefined`: a large value that did not change and was therefore not sent. */
export type Value = string | null | undefined;

export type Row = Value[] | null;

export type PgMessage =
  | { kind: "begin"; commitLsn: Lsn; commitMs: number; xid: number }
  | { kind: "commit"; commitLsn: Lsn; endLsn: Lsn }
  | { kind: "relation"; relation: Relation }
  | { kind: "row"; inserted: boolean; relationId: number; before: Row; after: Row }
  | { kind: "truncate"; relationIds: number[] }
  | { kind: "message"; prefix: string; content: string }
  | { kind: "other" };

/** Postgres counts microseconds from here. */
const postgresEpochMs = Date.UTC(2000, 0, 1);

/**
 * Decodes one message.
 * @param at where it begins in `buffer`
 * @param wantedOf the columns asked for, by relation id
 * @throws RangeError when the message ends early, TypeError when it is none of version 1
 */
export function decodePgOutput(
  buffer: Buffer,
  at: number,
  wantedOf: (relationId: number) => Wanted,
): PgMessage {
  const cursor = new Cursor(buffer, at + 1);
  switch (buffer[at]) {
    case 0x42: // B
      return {
        kind: "begin",
        commitLsn: cursor.uint64(),
        commitMs: cursor.timeMs(),
        xid: cursor.uint32(),
      };
    case 0x43: // C
      cursor.skip(1);
      return { kind: "commit", commitLsn: cursor.uint64(), endLsn: cursor.uint64() };
    case 0x52: // R
      return { kind: "relation", relation: relation(cursor) };
    case 0x49: // I
    case 0x55: // U
    case 0x44: // D
      return row(cursor, wantedOf, buffer[at] === 0x49);
    case 0x54: // T
      return truncate(cursor);
    case 0x4d: // M
      cursor.skip(9);
      return { kind: "message", prefix: cursor.text(), content: cursor.sized() };
    case 0x4f: // O
    case 0x59: // Y
      return { kind: "other" };
    default:
      throw new TypeError(`unknown replication message ${buffer[at]}`);
  }
}

function relation(cursor: Cursor): Relation {
  const id = cursor.uint32();
  const schema = cursor.text();
  const table = cursor.text();
  cursor.skip(1);
  const columns: string[] = [];
  for (let left = cursor.uint16(); left > 0; left -= 1) {
    cursor.skip(1);
    columns.push(cursor.text());
    cursor.skip(8);
  }
  return { id, schema, table, columns };
}

function row(
  cursor: Cursor,
  wantedOf: (relationId: number) => Wanted,
  inserted: boolean,
): PgMessage {
  const relationId = cursor.uint32();
  const wanted = wantedOf(relationId);
  let before: Row = null;
  let after: Row = null;
  while (!cursor.ended) {
    const tag = cursor.uint8();
    if (tag === 0x4e) after = cursor.tuple(wanted);
    else before = cursor.tuple(wanted); // K or O
  }
  return { kind: "row", inserted, relationId, before, after };
}

function truncate(cursor: Cursor): PgMessage {
  const count = cursor.uint32();
  cursor.skip(1);
  return { kind: "truncate", relationIds: Array.from({ length: count }, () => cursor.uint32()) };
}

class Cursor {
  readonly #buffer: Buffer;
  #at: number;

  constructor(buffer: Buffer, at: number) {
    this.#buffer = buffer;
    this.#at = at;
  }

  get ended(): boolean {
    return this.#at >= this.#buffer.length;
  }

  skip(bytes: number): void {
    this.#at += bytes;
  }

  uint8(): number {
    const value = this.#buffer.readUInt8(this.#at);
    this.#at += 1;
    return value;
  }

  uint16(): number {
    const value = this.#buffer.readUInt16BE(this.#at);
    this.#at += 2;
    return value;
  }

  uint32(): number {
    const value = this.#buffer.readUInt32BE(this.#at);
    this.#at += 4;
    return value;
  }

  uint64(): bigint {
    const value = this.#buffer.readBigUInt64BE(this.#at);
    this.#at += 8;
    return value;
  }

  timeMs(): number {
    return postgresEpochMs + Number(this.uint64()) / 1_000;
  }

  /** Up to the next zero byte. */
  text(): string {
    const end = this.#buffer.indexOf(0, this.#at);
    if (end < 0) throw new RangeError("replication message ends early");
    const value = this.#buffer.toString("utf8", this.#at, end);
    this.#at = end + 1;
    return value;
  }

  sized(): string {
    const length = this.uint32();
    const value = this.#buffer.toString("utf8", this.#at, this.#at + length);
    this.#at += length;
    return value;
  }

  tuple(wanted: Wanted): Value[] {
    const values: Value[] = [];
    const count = this.uint16();
    for (let column = 0; column < count; column += 1) {
      const slot = wanted[column] ?? -1;
      const tag = this.uint8();
      if (tag === 0x74) {
        if (slot >= 0) values[slot] = this.sized();
        else this.#at += 4 + this.#buffer.readUInt32BE(this.#at);
      } else if (slot >= 0) values[slot] = tag === 0x6e ? null : undefined;
    }
    return values;
  }
}
