import type { Lsn } from "./lsn.ts";

/**
 * The framing of the streaming replication protocol inside `CopyData`
 * (PostgreSQL manual, "Streaming Replication Protocol").
 */
export type Frame = { kind: "data" } | { kind: "keepalive"; walEnd: Lsn; replyRequested: boolean };

/** Where the plugin's message begins in a frame of kind `data`. */
export const dataOffset = 25;

const data: Frame = { kind: "data" };
const postgresEpochMs = Date.UTC(2000, 0, 1);

/** @throws TypeError on a frame of neither kind */
export function readFrame(chunk: Buffer): Frame {
  if (chunk[0] === 0x77) return data;
  if (chunk[0] !== 0x6b) throw new TypeError(`unknown replication frame ${chunk[0]}`);
  return { kind: "keepalive", walEnd: chunk.readBigUInt64BE(1), replyRequested: chunk[17] === 1 };
}

/**
 * A standby status update.
 * @param lsn everything before it is safely applied; Postgres never sends it again and may drop it
 * @param nowMs Unix milliseconds
 */
export function statusUpdate(lsn: Lsn, nowMs: number): Buffer {
  const frame = Buffer.alloc(34);
  frame[0] = 0x72;
  frame.writeBigUInt64BE(lsn, 1);
  frame.writeBigUInt64BE(lsn, 9);
  frame.writeBigUInt64BE(lsn, 17);
  frame.writeBigInt64BE(BigInt(Math.round(nowMs - postgresEpochMs)) * 1_000n, 25);
  return frame;
}
