import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";

/** Two halves of 15 bits: a thousand million numbers, and 32-bit arithmetic still holds. */
export const lotterySizeMax = 4 ** 15;

const rounds = 4;

/** @returns lower-case hex of SHA-256 over the 32 secret bytes, to be published before anybody joins */
export function commitmentOf(secretHex: string): string {
  return bytesToHex(sha256(hexToBytes(secretHex)));
}

/** @returns an instant (Unix milliseconds) as the draw hashes it, in whole seconds */
export function opensAtText(opensAt: number): string {
  return `${new Date(opensAt).toISOString().slice(0, 19)}Z`;
}

/**
 * The seed of the draw: HMAC-SHA256(secret, N as 8 bytes big-endian ‖ opensAt ‖ beacon).
 * @param draw.opensAt `YYYY-MM-DDTHH:MM:SSZ`
 * @param draw.beacon randomness in hex, raw in the hash; empty when there is none
 * @returns lower-case hex
 */
export function seedOf(draw: {
  readonly secret: string;
  readonly size: number;
  readonly opensAt: string;
  readonly beacon: string;
}): string {
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, BigInt(draw.size));
  const drawn = concatBytes(size, utf8ToBytes(draw.opensAt), hexToBytes(draw.beacon));
  return bytesToHex(hmac(sha256, hexToBytes(draw.secret), drawn));
}

/**
 * The draw itself: a keyed permutation of [0, size), so that nothing is shuffled or stored and one written seed
 * places ten million people. A balanced Feistel network of 4 rounds over the smallest 4^b ≥ size, walked until
 * it falls inside (Black and Rogaway, "Ciphers with Arbitrary Finite Domains", 2002).
 * @param seedHex what `seedOf` gave
 * @returns the position of a number; throws RangeError for a number outside of the draw
 */
export function createLottery(seedHex: string, size: number): (number: number) => number {
  if (!Number.isInteger(size) || size < 0 || size > lotterySizeMax) {
    throw new RangeError(`a draw of ${size} numbers`);
  }
  const halfBits = halfBitsFor(size);
  const mask = 2 ** halfBits - 1;
  const keyed = hmac.create(sha256, hexToBytes(seedHex));
  const scratch = keyed.clone(); // the key is hashed once, not once a round
  const message = new Uint8Array(5);
  const view = new DataView(message.buffer);
  const digest = new Uint8Array(32);
  const digestView = new DataView(digest.buffer);

  function pass(x: number): number {
    let left = x >>> halfBits;
    let right = x & mask;
    for (let round = 0; round < rounds; round++) {
      message[0] = round;
      view.setUint32(1, right);
      keyed._cloneInto(scratch).update(message).digestInto(digest);
      const mixed = left ^ (digestView.getUint32(0) & mask);
      left = right;
      right = mixed;
    }
    return (left << halfBits) | right;
  }

  return (number) => {
    if (!Number.isInteger(number) || number < 0 || number >= size) {
      throw new RangeError(`number ${number} is not among the ${size} drawn`);
    }
    let position = pass(number);
    while (position >= size) position = pass(position);
    return position;
  };
}

function halfBitsFor(size: number): number {
  let bits = 0;
  while (4 ** bits < size) bits++;
  return bits;
}
