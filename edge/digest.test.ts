import { expect, test } from "vitest";
import { importSigningKeys, signParts } from "../contracts/edge-signature.ts";
import { createSign, sha256 } from "./digest.ts";

const encoder = new TextEncoder();
const parts = {
  method: "post",
  path: "/bookings/1",
  query: "?a=b",
  timestampSeconds: 1_800_000_000,
  user: "user-1",
  roles: "admin,other",
  requestId: "0123456789abcdef",
  deadline: "1800000010000",
};

test.each(["", "{}", "ü".repeat(5_000)])(
  "a body of %j is signed as WebCrypto signs it",
  async (text) => {
    const keys = await importSigningKeys(
      JSON.stringify({ k2: "ab".repeat(32), k1: "cd".repeat(32) }),
    );
    const asked = { ...parts, body: encoder.encode(text) };
    expect(createSign(keys)(asked)).toEqual(await signParts(keys, asked));
  },
);

test("a digest is SHA-256", () => {
  const known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"; // FIPS 180-2, "abc"
  expect(sha256(encoder.encode("abc"))).toBe(known);
});

test("without a key nothing is signed", () => {
  expect(() => createSign(new Map())).toThrow(TypeError);
});
