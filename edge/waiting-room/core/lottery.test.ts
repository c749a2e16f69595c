import fc from "fast-check";
import { expect, test } from "vitest";
import { commitmentOf, createLottery, opensAtText, seedOf } from "./lottery.ts";

const secret = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const opensAt = "2026-12-01T10:00:00Z";
const seed10M = seedOf({ secret, size: 10_000_000, opensAt, beacon: "" });

test("the commitment is the published one", () => {
  expect(commitmentOf(secret)).toBe(
    "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd",
  );
});

test.each([
  [10, "1ea0146b4648ae89ad5bb827916dd403e500638291f854e876029e61b32d2e7b"],
  [1000, "0ca47346e352913a756a51dd2f234bbb398d18746b9eb2d16110a232d8eae2ad"],
])("the seed of a draw of %i is the published one", (size, seed) => {
  expect(seedOf({ secret, size, opensAt, beacon: "" })).toBe(seed);
});

test.each<[number, number[], number[]]>([
  [10, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 8, 5, 2, 3, 0, 7, 4, 6, 9]],
  [1000, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [294, 67, 207, 91, 553, 887, 654, 552, 36, 636]],
  [10_000_000, [0, 1, 2, 9_999_999], [5940836, 4058366, 384109, 558359]],
])("positions in a draw of %i are the published ones", (size, numbers, positions) => {
  const lottery = createLottery(seedOf({ secret, size, opensAt, beacon: "" }), size);
  expect(numbers.map(lottery)).toEqual(positions);
});

test("every number of a draw gets one position, and every position goes to one number", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 3000 }),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      (size, bytes) => {
        const lottery = createLottery(toHex(bytes), size);
        const positions = new Set(Array.from({ length: size }, (_, number) => lottery(number)));
        return positions.size === size && [...positions].every((it) => it >= 0 && it < size);
      },
    ),
    { numRuns: 40 },
  );
});

test("an independent implementation of the published encoding agrees", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 10_000_000 }), fc.nat(), async (size, pick) => {
      const number = pick % size;
      const seed = seedOf({ secret, size, opensAt, beacon: "c0ffee" });
      const sizeHex = size.toString(16).padStart(16, "0");
      const opensAtHex = toHex(new TextEncoder().encode(opensAt));
      expect(seed).toBe(toHex(await hmacOf(secret, `${sizeHex}${opensAtHex}c0ffee`)));
      const position = createLottery(seed, size)(number);
      expect(position).toBe(await independentPosition(seed, size, number));
    }),
    { numRuns: 60 },
  );
});

test("a draw does not favour early joiners", () => {
  const lottery = createLottery(seed10M, 10_000_000);
  const first = Array.from({ length: 4000 }, (_, number) => lottery(number) / 10_000_000);
  const mean = first.reduce((sum, it) => sum + it, 0) / first.length;
  expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / first.length)); // 4 sigma
});

test.each([10, -1, 0.5])("number %s outside of a draw of 10 is refused", (number) => {
  expect(() => createLottery(seed10M, 10)(number)).toThrow(RangeError);
});

test.each([-1, 0.5, 4 ** 15 + 1])("a draw of %s numbers is refused", (size) => {
  expect(() => createLottery(seed10M, size)).toThrow(RangeError);
});

test("an instant is hashed in whole seconds", () => {
  expect(opensAtText(Date.UTC(2026, 11, 1, 10, 0, 0, 999))).toBe(opensAt);
});

/** Written from the published text alone, with WebCrypto, hex strings and big integers. */
async function independentPosition(seed: string, size: number, number: number): Promise<number> {
  let bits = 0n;
  while (4n ** bits < BigInt(size)) bits++;
  const mask = 2n ** bits - 1n;
  const pass = async (x: bigint): Promise<bigint> => {
    let [left, right] = [x >> bits, x & mask];
    for (let i = 0; i < 4; i++) {
      const mac = await hmacOf(seed, `0${i}${right.toString(16).padStart(8, "0")}`);
      [left, right] = [right, left ^ (BigInt(`0x${toHex(mac.slice(0, 4))}`) & mask)];
    }
    return (left << bits) | right;
  };
  let y = await pass(BigInt(number));
  while (y >= BigInt(size)) y = await pass(y);
  return Number(y);
}

async function hmacOf(keyHex: string, messageHex: string): Promise<Uint8Array> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", fromHex(keyHex), algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, fromHex(messageHex)));
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
