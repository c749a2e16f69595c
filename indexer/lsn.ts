/**
 * A position in the write-ahead log. In memory it is a `bigint`: as text positions do not even sort
 * (`"0/9FFFFFF" > "0/10000000"`).
 */
export type Lsn = bigint;

const text = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i;

/**
 * Reads what Postgres prints, such as `16/B374D848`.
 * @throws TypeError when it is not such a position
 */
export function parseLsn(value: string): Lsn {
  const match = text.exec(value);
  if (!match) throw new TypeError(`not a log position: ${value}`);
  return (BigInt(`0x${match[1]}`) << 32n) | BigInt(`0x${match[2]}`);
}

/** Writes a position as Postgres does. */
export function formatLsn(lsn: Lsn): string {
  return `${(lsn >> 32n).toString(16).toUpperCase()}/${(lsn & 0xffff_ffffn).toString(16).toUpperCase()}`;
}

/**
 * A position as a number, for the documents' `rev`: JSON and Typesense keep integers exactly up to 2^53 only,
 * which is eight petabytes of log.
 * @throws RangeError beyond that
 */
export function lsnToNumber(lsn: Lsn): number {
  if (lsn > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError(`log position ${lsn} is too far`);
  return Number(lsn);
}

/** The earlier of two positions, where `null` means "none". */
export function earlier(a: Lsn | null, b: Lsn | null): Lsn | null {
  if (a === null) return b;
  if (b === null) return a;
  return a < b ? a : b;
}
