import { expect, test } from "vitest";
import {
  checkSignature,
  importSigningKeys,
  signParts,
  type SignedParts,
} from "../contracts/edge-signature.ts";
import { createSignatureCheck } from "./check-signature.ts";

const now = 1_800_000_000;
const keys = await importSigningKeys(JSON.stringify({ k2: "22".repeat(32), k1: "11".repeat(32) }));
const check = createSignatureCheck(keys);
const parts: SignedParts = {
  method: "post",
  path: "/bookings/42",
  query: "?a=1",
  timestampSeconds: now,
  body: new TextEncoder().encode('{"ticketIds":["1"], "name": "Zoë"}'),
  user: "alice",
  roles: "admin",
  requestId: "r-1",
  deadline: "1800000010000",
};
const { keyId, signature } = await signParts(keys, parts);

test.each<[string, Partial<SignedParts>, string, string, number]>([
  ["what was signed", {}, keyId, signature, now],
  ["another method", { method: "DELETE" }, keyId, signature, now],
  ["another path", { path: "/bookings/43" }, keyId, signature, now],
  ["another query", { query: "" }, keyId, signature, now],
  ["another time", { timestampSeconds: now + 1 }, keyId, signature, now],
  ["another body", { body: new Uint8Array() }, keyId, signature, now],
  ["another user", { user: "bob" }, keyId, signature, now],
  ["other roles", { roles: "" }, keyId, signature, now],
  ["another request id", { requestId: "r-2" }, keyId, signature, now],
  ["another deadline", { deadline: "" }, keyId, signature, now],
  ["another live key", {}, "k1", signature, now],
  ["a key that is not live", {}, "k3", signature, now],
  ["a signature in capitals", {}, keyId, signature.toUpperCase(), now],
  ["half a signature", {}, keyId, signature.slice(32), now],
  ["no signature", {}, keyId, "", now],
  ["the end of its time", {}, keyId, signature, now + 30],
  ["after its time", {}, keyId, signature, now + 31],
  ["before its time", {}, keyId, signature, now - 31],
  ["a time that is none", { timestampSeconds: Number.NaN }, keyId, signature, now],
])("says of %s what the contract says", async (_name, altered, id, given, nowSeconds) => {
  const said = check(id, given, { ...parts, ...altered }, nowSeconds);
  expect(said).toEqual(await checkSignature(keys, id, given, { ...parts, ...altered }, nowSeconds));
});

test("accepts a good signature, by either live key", async () => {
  expect(check(keyId, signature, parts, now)).toEqual({ ok: true });
  const older = new Map([...keys].slice(1));
  const signed = await signParts(older, parts);
  expect(check("k1", signed.signature, parts, now)).toEqual({ ok: true });
});
