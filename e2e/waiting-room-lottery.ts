import { spawn } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";

export interface Draw {
  readonly commitment: string;
  readonly secret: string;
  readonly seed: string;
  readonly lotterySize: number;
  readonly opensAt: string;
}

/** The draw as its published description says, written a second time from that text alone, on another library. */
export function checkIndependently(draw: Draw): boolean {
  const secret = Buffer.from(draw.secret, "hex");
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(BigInt(draw.lotterySize));
  const message = Buffer.concat([size, Buffer.from(draw.opensAt, "ascii")]);
  return (
    createHash("sha256").update(secret).digest("hex") === draw.commitment &&
    createHmac("sha256", secret).update(message).digest("hex") === draw.seed
  );
}

export function positionIndependently(draw: Draw, number: number): number {
  const size = draw.lotterySize;
  if (number >= size) return number;
  let bits = 0n;
  while (4n ** bits < BigInt(size)) bits += 1n;
  const mask = (1n << bits) - 1n;
  const seed = Buffer.from(draw.seed, "hex");
  let value = BigInt(number);
  do {
    let left = value >> bits;
    let right = value & mask;
    for (let round = 0; round < 4; round++) {
      const input = Buffer.alloc(5);
      input.writeUInt8(round, 0);
      input.writeUInt32BE(Number(right), 1);
      const hash = createHmac("sha256", seed).update(input).digest();
      [left, right] = [right, left ^ (BigInt(hash.readUInt32BE(0)) & mask)];
    }
    value = (left << bits) | right;
  } while (value >= BigInt(size));
  return Number(value);
}

/**
 * What `npm run verify-lottery` says of a published status.
 * @returns its exit code, and the positions that it prints
 */
export async function verifyByCommand(
  status: object,
  numbers: readonly number[],
): Promise<{ code: number | null; positions: number[] }> {
  const program = join(import.meta.dirname, "../bench/waiting-room/verify-lottery-main.ts");
  const child = spawn(process.execPath, [program, "-", ...numbers.map(String)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  child.stdin.end(JSON.stringify(status));
  const lines = await text(child.stdout);
  const [code] = (await ended) as [number | null];
  const positions = [...lines.matchAll(/→ position (\d+)/g)].map((it) => Number(it[1]));
  return { code, positions };
}
