import { expect, test } from "vitest";
import {
  checkSignature,
  importSigningKeys,
  signParts,
  type SignedParts,
} from "./edge-signature.ts";

const now = 1_800_000_000;
const oldKey = "11".repeat(32);
const newKey = "22".repeat(32);
const parts: SignedParts = {
  method: "POST",
  path: "/bookings/42",
  query: "?a=1",
  timestampSeconds: now,
  body: new TextEncoder().encode('{"ticketIds":["1"]}'),
  user: "alice",
  roles: "",
  requestId: "r-1",
  deadline: "",
};

test("a signature is accepted as long as its key is live", async () => {
  const before = await importSigningKeys(JSON.stringify({ k1: oldKey }));
  const after = await importSigningKeys(JSON.stringify({ k2: newKey, k1: oldKey }));
  const { keyId, signature } = await signParts(before, parts);
  expect(await checkSignature(after, keyId, signature, parts, now)).toEqual({ ok: true });
  expect((await signParts(after, parts)).keyId).toBe("k2");
});

test.each<[string, Partial<SignedParts>]>([
  ["method", { method: "DELETE" }],
  ["path", { path: "/bookings/43" }],
  ["query", { query: "?a=2" }],
  ["timestamp", { timestampSeconds: now + 1 }],
  ["body", { body: new Uint8Array() }],
  ["user", { user: "bob" }],
  ["roles", { roles: "admin" }],
  ["request id", { requestId: "r-2" }],
  ["deadline", { deadline: "1" }],
])("an altered %s is refused", async (_name, altered) => {
  const keys = await importSigningKeys(JSON.stringify({ k1: oldKey }));
  const { keyId, signature } = await signParts(keys, parts);
  const check = await checkSignature(keys, keyId, signature, { ...parts, ...altered }, now);
  expect(check).toEqual({ ok: false, reason: "wrong" });
});

test.each([
  [31, "stale"],
  [-31, "stale"],
])("a request %i s old is refused", async (age, reason) => {
  const keys = await importSigningKeys(JSON.stringify({ k1: oldKey }));
  const { keyId, signature } = await signParts(keys, parts);
  expect(await checkSignature(keys, keyId, signature, parts, now + age)).toEqual({
    ok: false,
    reason,
  });
});

test("a key that is not live, or garbage for a signature, is refused", async () => {
  const keys = await importSigningKeys(JSON.stringify({ k1: oldKey }));
  const { signature } = await signParts(keys, parts);
  expect(await checkSignature(keys, "k9", signature, parts, now)).toMatchObject({
    reason: "unknown-key",
  });
  expect(await checkSignature(keys, "k1", "zz", parts, now)).toMatchObject({ reason: "wrong" });
});

test.each(["{}", '{"k1":"abc"}'])("keys %s are refused at boot", async (json) => {
  await expect(importSigningKeys(json)).rejects.toThrow(TypeError);
});
