import { beforeAll, expect, test } from "vitest";
import {
  type AdmissionPass,
  checkAdmissionPass,
  importPassKeys,
  type PassKeys,
  signAdmissionPass,
} from "./admission-pass.ts";
import { importSigningKeys, type SigningKeys } from "./edge-signature.ts";
import { checkQueueTicket, type QueueTicket, signQueueTicket } from "./queue-ticket.ts";

const now = 1_796_119_200;
const ticket: QueueTicket = { event: "42", generation: 1, shard: 3, number: 7, user: "alice" };
const pass: AdmissionPass = {
  event: "42",
  generation: 1,
  number: 7,
  user: "alice",
  expiresAt: now + 600,
};
const mine = { user: "alice", event: "42", generation: 1 };
let ticketKeys: SigningKeys;
let signing: PassKeys;
let verifying: PassKeys;
let publicJson: string;

beforeAll(async () => {
  ticketKeys = await importSigningKeys(JSON.stringify({ t1: "ab".repeat(32) }));
  const pair = await makePair();
  publicJson = JSON.stringify({ p1: pair.publicKey });
  signing = await importPassKeys(JSON.stringify({ p1: pair.privateKey }), "private");
  verifying = await importPassKeys(publicJson, "public");
});

test("a ticket and a pass are accepted from their own user, for their own event", async () => {
  const signedTicket = await signQueueTicket(ticketKeys, ticket, now);
  const signedPass = await signAdmissionPass(signing, pass, now);
  expect(await checkQueueTicket(ticketKeys, signedTicket, mine, now)).toEqual({ ok: true, ticket });
  expect(await checkAdmissionPass(verifying, signedPass, mine, now)).toEqual({ ok: true, pass });
});

test.each([
  ["another user", { user: "bob" }, 0, "other-user"],
  ["another event", { event: "43" }, 0, "other-event"],
  ["a ticket that has run out", {}, 24 * 3600, "expired"],
])("a ticket is refused: %s", async (_case, other, later, reason) => {
  const token = await signQueueTicket(ticketKeys, ticket, now);
  const check = await checkQueueTicket(ticketKeys, token, { ...mine, ...other }, now + later);
  expect(check).toEqual({ ok: false, reason });
});

test.each([
  ["another user", { user: "bob" }, 0, "other-user"],
  ["another event", { event: "43" }, 0, "other-event"],
  ["another generation", { generation: 2 }, 0, "other-generation"],
  ["a pass that has run out", {}, 600, "expired"],
  ["a pass from the future", {}, -60, "expired"],
])("a pass is refused: %s", async (_case, other, later, reason) => {
  const token = await signAdmissionPass(signing, pass, now);
  const check = await checkAdmissionPass(verifying, token, { ...mine, ...other }, now + later);
  expect(check).toEqual({ ok: false, reason });
});

test("no altered character goes unnoticed, in a ticket or a pass", async () => {
  const tokens = [
    await signQueueTicket(ticketKeys, ticket, now),
    await signAdmissionPass(signing, pass, now),
  ];
  for (const token of tokens) {
    for (let i = 0; i < token.length - 1; i += 3) {
      const altered = `${token.slice(0, i)}${token[i] === "A" ? "B" : "A"}${token.slice(i + 1)}`;
      expect((await checkQueueTicket(ticketKeys, altered, mine, now)).ok).toBe(false);
      expect((await checkAdmissionPass(verifying, altered, mine, now)).ok).toBe(false);
    }
  }
});

test("a ticket is no pass, and a pass is no ticket", async () => {
  const asPass = await checkAdmissionPass(
    verifying,
    await signQueueTicket(ticketKeys, ticket, now),
    mine,
    now,
  );
  const asTicket = await checkQueueTicket(
    ticketKeys,
    await signAdmissionPass(signing, pass, now),
    mine,
    now,
  );
  expect([asPass, asTicket]).toEqual([
    { ok: false, reason: "malformed" },
    { ok: false, reason: "malformed" },
  ]);
});

test("a pass lives an hour at most, whatever is asked for", async () => {
  const token = await signAdmissionPass(signing, { ...pass, expiresAt: now + 86_400 }, now);
  expect(await checkAdmissionPass(verifying, token, mine, now + 3599)).toMatchObject({ ok: true });
  expect(await checkAdmissionPass(verifying, token, mine, now + 3600)).toMatchObject({ ok: false });
});

test("keys rotate without a gap: the new one signs, both verify, a removed one is unknown", async () => {
  const [one, two] = [await makePair(), await makePair()];
  const both = JSON.stringify({ p2: two.publicKey, p1: one.publicKey });
  const rotated = await importPassKeys(
    JSON.stringify({ p2: two.privateKey, p1: one.privateKey }),
    "private",
  );
  const before = await importPassKeys(JSON.stringify({ p1: one.privateKey }), "private");
  const old = await signAdmissionPass(before, pass, now);
  const fresh = await signAdmissionPass(rotated, pass, now);
  const live = await importPassKeys(both, "public");
  const later = await importPassKeys(JSON.stringify({ p2: two.publicKey }), "public");
  expect(await checkAdmissionPass(live, old, mine, now)).toMatchObject({ ok: true });
  expect(await checkAdmissionPass(live, fresh, mine, now)).toMatchObject({ ok: true });
  expect(await checkAdmissionPass(later, fresh, mine, now)).toMatchObject({ ok: true });
  expect(await checkAdmissionPass(later, old, mine, now)).toEqual({
    ok: false,
    reason: "unknown-key",
  });
});

test.each(["", "a.b", "a.b.c", "....", "é.é.é", "e30.e30.e30", "x".repeat(5000)])(
  "garbage %# is refused without an error",
  async (token) => {
    expect((await checkQueueTicket(ticketKeys, token, mine, now)).ok).toBe(false);
    expect((await checkAdmissionPass(verifying, token, mine, now)).ok).toBe(false);
  },
);

test("a verifier never takes a private key, a signer never a public one", async () => {
  const pair = await makePair();
  const privateJson = JSON.stringify({ p1: pair.privateKey });
  await expect(importPassKeys(privateJson, "public")).rejects.toThrow(TypeError);
  await expect(importPassKeys(publicJson, "private")).rejects.toThrow(TypeError);
  await expect(importPassKeys("{}", "public")).rejects.toThrow(TypeError);
});

async function makePair(): Promise<{ privateKey: JsonWebKey; publicKey: JsonWebKey }> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const pair = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  return {
    privateKey: await crypto.subtle.exportKey("jwk", pair.privateKey),
    publicKey: await crypto.subtle.exportKey("jwk", pair.publicKey),
  };
}
