import fc from "fast-check";
import { expect, test } from "vitest";
import { fromBase45, toBase45 } from "./base45.ts";
import { signTicket, verifyTicket } from "./e-ticket.ts";

const { privateKey, publicKey } = await newKeys();
const claim = { keyId: 1, eventId: "42", ticketId: "60001", issue: 2 };
const door = { keys: new Map([[1, publicKey]]), eventId: "42" };

test("base45 gives back every byte", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      expect(fromBase45(toBase45(bytes))).toEqual(Uint8Array.from(bytes));
    }),
  );
});

test.each([
  ["AB", "BB8"],
  ["Hello!!", "%69 VD92EX0"],
  ["base-45", "UJCLQE7W581"],
  ["ietf!", "QED8WEX0"],
])("base45 of %s is what RFC 9285 says", (plain, encoded) => {
  expect(toBase45(new TextEncoder().encode(plain))).toBe(encoded);
});

test.each(["GGW", "::", "a", "A", "ABCD"])("%s is not base45", (text) => {
  expect(fromBase45(text)).toBeUndefined();
});

test("a signed ticket is valid at its door, in 132 characters that QR codes write densely", async () => {
  const code = await signTicket(privateKey, claim);
  expect(code).toMatch(/^[0-9A-Z $%*+\-./:]{132}$/);
  expect(await verifyTicket(`${code}\r\n`, door)).toEqual({ status: "valid", claim });
});

test("the largest ids survive", async () => {
  const large = { ...claim, eventId: "999999999999999999", ticketId: "900719925474099267" };
  const code = await signTicket(privateKey, large);
  expect(await verifyTicket(code, { keys: door.keys })).toEqual({ status: "valid", claim: large });
});

test("a flipped bit anywhere makes a code worthless", async () => {
  const code = await signTicket(privateKey, claim);
  const bytes = fromBase45(code.slice(4)) ?? new Uint8Array();
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Uint8Array.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const { status } = await verifyTicket(`FR1:${toBase45(flipped)}`, { keys: door.keys });
    expect(["forged", "unknown-key", "malformed"]).toContain(status);
  }
});

test("another event's ticket, a reissued one and one of an unknown key are told apart", async () => {
  const code = await signTicket(privateKey, claim);
  expect(await verifyTicket(code, { ...door, eventId: "43" })).toEqual({
    status: "other-event",
    claim,
  });
  expect(await verifyTicket(code, { ...door, revoked: { "60001": 3 } })).toEqual({
    status: "reissued",
    claim,
  });
  expect(await verifyTicket(code, { ...door, revoked: { "60001": 2 } })).toEqual({
    status: "valid",
    claim,
  });
  const other = await newKeys();
  expect(await verifyTicket(code, { keys: new Map([[1, other.publicKey]]) })).toEqual({
    status: "forged",
  });
  expect(await verifyTicket(code, { keys: new Map() })).toEqual({ status: "unknown-key" });
});

test.each(["", "FR1:", "42", "https://evil.example", "FR1:ÄÖÜ"])(
  "%j is no ticket",
  async (code) => {
    expect(await verifyTicket(code, door)).toEqual({ status: "malformed" });
  },
);

async function newKeys(): Promise<CryptoKeyPair> {
  const keys = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  if (!("privateKey" in keys)) throw new Error("no key pair");
  return keys;
}
