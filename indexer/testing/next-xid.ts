import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** In `global/pg_control`: its copy of the last checkpoint, from which a server that was shut down goes on. */
const checkpointAt = 40;
const nextXidAt = checkpointAt + 24;
/** What follows differs between versions; then comes the checksum of everything before it. */
const checksumFrom = 200;
const checksumTo = 400;
/** The status of so many transactions fits a page; the server makes the page of the first one itself. */
const xidsPerPage = 32_768n;

/**
 * Has a server that was shut down begin its next life at another transaction, as `pg_resetwal -x -e` would, which does
 * not come with the servers of the tests. Everything there is must have been frozen, and the step be shorter than half
 * the span of 32 bits.
 * @param before the next transaction as it is: below the one that the server last gave out by no more than a few
 * @param xid 64 bits wide, the first of a page of transactions
 * @throws when the file is not as expected: nothing is changed then
 */
export function setNextXid(dataDir: string, before: bigint, xid: bigint): void {
  if (xid % xidsPerPage !== 0n) throw new RangeError(`${xid} does not begin a page`);
  const path = join(dataDir, "global/pg_control");
  const control = readFileSync(path);
  const checksumAt = findChecksum(control);
  const found = control.readBigUInt64LE(nextXidAt);
  if (found < before || found > before + 1_000n) throw new Error(`${found} is no next transaction`);
  control.writeBigUInt64LE(xid, nextXidAt);
  control.writeUInt32LE(crc32c(control.subarray(0, checksumAt)), checksumAt);
  writeFileSync(path, control);
}

function findChecksum(control: Buffer): number {
  for (let at = checksumFrom; at <= checksumTo; at += 4) {
    if (control.readUInt32LE(at) === crc32c(control.subarray(0, at))) return at;
  }
  throw new Error("there is no checksum where one should be");
}

function crc32c(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc >>> 0;
}
