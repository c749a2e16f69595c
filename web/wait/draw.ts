import type { QueueStatus } from "../../contracts/queue.ts";

const rounds = 4;

/**
 * The position of a number in the draw, computed on this device: a 4-round Feistel network keyed by the published
 * seed, walked until it falls inside. Written anew from the published encoding, so that it checks the server's.
 * @param seed hex
 * @param size how many numbers were drawn
 */
export async function positionOf(seed: string, size: number, number: number): Promise<number> {
  const key = await hmacKey(seed);
  let halfBits = 0;
  while (4 ** halfBits < size) halfBits++;
  const mask = 2 ** halfBits - 1;
  const pass = async (x: number) => {
    let [left, right] = [x >>> halfBits, x & mask];
    for (let round = 0; round < rounds; round++) {
      const message = new DataView(new ArrayBuffer(5));
      message.setUint8(0, round);
      message.setUint32(1, right);
      const digest = new DataView(await crypto.subtle.sign("HMAC", key, message));
      [left, right] = [right, left ^ (digest.getUint32(0) & mask)];
    }
    return (left << halfBits) | right;
  };
  let position = await pass(number);
  while (position >= size) position = await pass(position);
  return position;
}

/** What is published about a draw. */
export type PublishedDraw = Pick<
  QueueStatus,
  "secret" | "seed" | "lotterySize" | "commitment" | "opensAt"
> & { readonly beacon: { readonly randomness: string | null } | null };

/** Whether the revealed secret is the one promised before, and the seed follows from it. */
export async function checkDraw(status: PublishedDraw): Promise<boolean> {
  const { secret, seed, lotterySize, commitment, opensAt, beacon } = status;
  if (secret === undefined || seed === undefined || lotterySize === undefined) return false;
  const promised = hexOf(await crypto.subtle.digest("SHA-256", bytesOf(secret)));
  if (promised !== commitment) return false;
  const size = new DataView(new ArrayBuffer(8));
  size.setBigUint64(0, BigInt(lotterySize));
  const drawn = Uint8Array.from([
    ...new Uint8Array(size.buffer),
    ...new TextEncoder().encode(opensAt),
    ...bytesOf(beacon?.randomness ?? ""),
  ]);
  return hexOf(await crypto.subtle.sign("HMAC", await hmacKey(secret), drawn)) === seed;
}

function hmacKey(hex: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", bytesOf(hex), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
}

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function hexOf(buffer: ArrayBuffer): string {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
